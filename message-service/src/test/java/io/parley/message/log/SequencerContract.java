package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.EventLog.Draft;
import io.parley.message.log.Sequencer.Proposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What the log's argument (ADR 0003) asks of a counter: run by RedisSequencerIT and
 * SimulatedRedisTest.
 */
interface SequencerContract {

  /** Sends that are remembered of each author beyond the newest events. */
  int BY_AUTHOR = 20;

  /** Runs a test where the counter can be asked. */
  void with(Consumer<Sequencer> test);

  private static Draft draft(ConversationId conversation, String key, LogEvent.Kind kind) {
    return new Draft(conversation, new UserId(new UUID(1, 1)), key, kind, "{}");
  }

  private static Proposal propose(Sequencer sequencer, Draft draft) {
    return (Proposal) sequencer.propose(draft, draft.id(), "f");
  }

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }

  @Test
  default void counterThatWasNeverSeededShouldBeStale() {
    with(
        sequencer -> {
          Draft draft = draft(conversation(), "m", LogEvent.Kind.MESSAGE);
          assertThat(sequencer.propose(draft, draft.id(), "f")).isInstanceOf(Sequencer.Stale.class);
          assertThat(sequencer.find(draft.conversation(), draft.id()))
              .isInstanceOf(Sequencer.Stale.class);
          assertThat(sequencer.epoch(draft.conversation())).isZero();
        });
  }

  @Test
  default void draftWithWindowShouldTakeNoPlaceOutsideIt() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          sequencer.seed(conversation, 3, 7, 5, List.of());
          AppendWindow window = new AppendWindow(3, 7, 9);
          Draft first = draft(conversation, "one", LogEvent.Kind.MESSAGE).within(window);
          assertThat(propose(sequencer, first).seq()).isEqualTo(8);
          assertThat(propose(sequencer, draft(conversation, "two", LogEvent.Kind.MESSAGE)).seq())
              .isEqualTo(9);
          Draft late = draft(conversation, "late", LogEvent.Kind.MESSAGE);
          assertThat(sequencer.propose(late.within(window), late.id(), "f"))
              .isInstanceOf(Sequencer.Passed.class);
          // What has a place is known all the same.
          assertThat(propose(sequencer, first).repeat()).isTrue();
          assertThat(sequencer.propose(late.within(new AppendWindow(2, 9, 100)), late.id(), "f"))
              .isInstanceOf(Sequencer.Passed.class);
          assertThat(propose(sequencer, late.within(new AppendWindow(3, 9, 10))).seq())
              .isEqualTo(10);
        });
  }

  @Test
  default void seededCounterShouldGoOnAndKnowRepeats() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          Draft old = draft(conversation, "old", LogEvent.Kind.MESSAGE);
          Instant at = Instant.ofEpochMilli(1_000_000);
          LogEvent event =
              new LogEvent(
                  conversation, 7, old.id(), 2, old.kind(), old.author(), at, 5, old.payload());
          sequencer.seed(conversation, 3, 7, 5, List.of(event));
          assertThat(sequencer.epoch(conversation)).isEqualTo(3);
          assertThat(sequencer.find(conversation, old.id()))
              .isEqualTo(new Proposal(true, 2, 7, 5, at, ""));

          Draft message = draft(conversation, "new", LogEvent.Kind.MESSAGE);
          assertThat(sequencer.find(conversation, message.id()))
              .isInstanceOf(Sequencer.Unknown.class);
          Proposal first = propose(sequencer, message);
          assertThat(first).isEqualTo(new Proposal(false, 3, 8, 6, first.at(), "f"));
          Proposal again = new Proposal(true, 3, 8, 6, first.at(), "f");
          assertThat(propose(sequencer, message)).isEqualTo(again);
          assertThat(sequencer.find(conversation, message.id())).isEqualTo(again);
          Proposal members = propose(sequencer, draft(conversation, "x", LogEvent.Kind.MEMBERS));
          assertThat(members).isEqualTo(new Proposal(false, 3, 9, 6, members.at(), "f"));
        });
  }

  @Test
  default void severalShouldTakeSeqsThatFollowOneAnotherAndKnowRepeats() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          List<Draft> drafts = new ArrayList<>();
          for (String key : List.of("a", "b", "c")) {
            drafts.add(draft(conversation, key, LogEvent.Kind.MEMBERS));
          }
          drafts.add(draft(conversation, "m", LogEvent.Kind.MESSAGE));
          List<Sequencer.Named> named =
              drafts.stream().map(draft -> new Sequencer.Named(draft, draft.id(), "f")).toList();
          assertThat(sequencer.propose(named)).isInstanceOf(Sequencer.Stale.class);

          sequencer.seed(conversation, 3, 7, 5, List.of());
          Proposal second = propose(sequencer, drafts.get(1));
          List<Proposal> each = ((Sequencer.Proposals) sequencer.propose(named)).each();
          assertThat(each)
              .extracting(Proposal::repeat, Proposal::epoch, Proposal::seq, Proposal::messageCount)
              .containsExactly(
                  tuple(false, 3, 9L, 5L),
                  tuple(true, 3, second.seq(), 5L),
                  tuple(false, 3, 10L, 5L),
                  tuple(false, 3, 11L, 6L));
          assertThat(((Sequencer.Proposals) sequencer.propose(named)).each())
              .extracting(Proposal::repeat, Proposal::seq)
              .containsExactly(
                  tuple(true, 9L), tuple(true, 8L), tuple(true, 10L), tuple(true, 11L));
          assertThat(propose(sequencer, draft(conversation, "d", LogEvent.Kind.MESSAGE)).seq())
              .isEqualTo(12);
        });
  }

  @Test
  default void onlyANewerEpochShouldReplaceACounter() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          sequencer.seed(conversation, 3, 7, 5, List.of());
          propose(sequencer, draft(conversation, "a", LogEvent.Kind.MESSAGE));
          sequencer.seed(conversation, 3, 7, 5, List.of());
          sequencer.seed(conversation, 2, 1, 1, List.of());
          assertThat(propose(sequencer, draft(conversation, "b", LogEvent.Kind.MESSAGE)).seq())
              .isEqualTo(9);
          sequencer.seed(conversation, 4, 20, 10, List.of());
          Proposal next = propose(sequencer, draft(conversation, "a", LogEvent.Kind.MESSAGE));
          assertThat(next).isEqualTo(new Proposal(false, 4, 21, 11, next.at(), "f"));
        });
  }

  /** More than are remembered of a conversation, whatever their number is there. */
  int many();

  @Test
  default void othersShouldNotMakeAnAuthorsSendsUnknown() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          sequencer.seed(conversation, 1, 0, 0, List.of());
          List<Proposal> own = new ArrayList<>();
          for (int i = 0; i < BY_AUTHOR + 1; i++) {
            own.add(propose(sequencer, draft(conversation, "own " + i, LogEvent.Kind.MESSAGE)));
          }
          // A change of the group by the same user is no send.
          Draft change = draft(conversation, "change", LogEvent.Kind.MEMBERS);
          propose(sequencer, change);
          for (int i = 0; i < many(); i++) {
            propose(
                sequencer,
                new Draft(
                    conversation,
                    new UserId(new UUID(2, i % 3)),
                    "other " + i,
                    LogEvent.Kind.MESSAGE,
                    "{}"));
          }
          for (int i = 1; i < own.size(); i++) {
            Draft again = draft(conversation, "own " + i, LogEvent.Kind.MESSAGE);
            Proposal first = own.get(i);
            Proposal repeat =
                new Proposal(
                    true, first.epoch(), first.seq(), first.messageCount(), first.at(), "f");
            assertThat(sequencer.find(conversation, again.id())).isEqualTo(repeat);
            assertThat(propose(sequencer, again)).isEqualTo(repeat);
          }
          Draft tooOld = draft(conversation, "own 0", LogEvent.Kind.MESSAGE);
          assertThat(sequencer.find(conversation, tooOld.id()))
              .isInstanceOf(Sequencer.Unknown.class);
          assertThat(sequencer.find(conversation, change.id()))
              .isInstanceOf(Sequencer.Unknown.class);
        });
  }

  @Test
  default void seededSendsShouldBeRememberedByTheirAuthorsToo() {
    with(
        sequencer -> {
          ConversationId conversation = conversation();
          Draft old = draft(conversation, "old", LogEvent.Kind.MESSAGE);
          Instant at = Instant.ofEpochMilli(1_000_000);
          LogEvent event =
              new LogEvent(
                  conversation, 1, old.id(), 1, old.kind(), old.author(), at, 1, old.payload());
          sequencer.seed(conversation, 2, 1, 1, List.of(event));
          for (int i = 0; i < many(); i++) {
            propose(
                sequencer,
                new Draft(
                    conversation, new UserId(new UUID(2, 2)), "x" + i, LogEvent.Kind.MESSAGE, ""));
          }
          assertThat(propose(sequencer, old)).isEqualTo(new Proposal(true, 1, 1, 1, at, ""));
        });
  }
}
