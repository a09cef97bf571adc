package io.parley.message.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What the log's argument (ADR 0003) asks of its store: run by CassandraEventStoreIT and
 * SimulatedCassandraTest.
 */
interface EventStoreContract {

  /** Runs a test where the store can be asked. */
  void with(Consumer<EventStore> test);

  private static LogEvent event(ConversationId conversation, long seq, int epoch) {
    UserId author = new UserId(new UUID(1, 1));
    return new LogEvent(
        conversation,
        seq,
        EventId.of(conversation, author, "event " + seq),
        epoch,
        LogEvent.Kind.MESSAGE,
        author,
        Instant.ofEpochMilli(1_000 + seq),
        seq,
        "{}");
  }

  private static LogEvent withoutPayload(LogEvent event) {
    return new LogEvent(
        event.conversation(),
        event.seq(),
        event.id(),
        event.epoch(),
        event.kind(),
        event.author(),
        event.at(),
        event.messageCount(),
        "");
  }

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }

  @Test
  default void someSeqsShouldBeFoundWhereverTheyAre() {
    with(
        store -> {
          ConversationId conversation = conversation();
          LogEvent first = event(conversation, 1, 1);
          LogEvent old = event(conversation, 2, 1);
          LogEvent second = event(conversation, 2, 2);
          LogEvent far = event(conversation, 20_001, 2);
          for (LogEvent row : new LogEvent[] {far, old, first, second}) {
            store.insert(row);
          }
          assertThat(store.bucketOf(20_001)).isNotEqualTo(store.bucketOf(1));
          assertThat(store.at(conversation, List.of(20_001L, 2L, 3L)))
              .containsExactlyInAnyOrder(old, second, far);
          assertThat(store.at(conversation, List.of())).isEmpty();
        });
  }

  @Test
  default void rowsShouldBeFoundFromBothEnds() {
    with(
        store -> {
          ConversationId conversation = conversation();
          LogEvent first = event(conversation, 1, 1);
          LogEvent old = event(conversation, 2, 1);
          LogEvent second = event(conversation, 2, 2);
          LogEvent third = event(conversation, 3, 2);
          for (LogEvent row : new LogEvent[] {third, old, first, second}) {
            store.insert(row);
          }
          assertThat(store.bucketOf(3)).isEqualTo(store.bucketOf(1));
          assertThat(store.at(conversation, 2)).containsExactlyInAnyOrder(old, second);
          assertThat(store.at(conversation, 4)).isEmpty();
          assertThat(store.from(conversation, 1, 10))
              .extracting(LogEvent::seq)
              .containsExactly(1L, 2L, 2L, 3L);
          assertThat(store.from(conversation, 3, 10)).containsExactly(third);
          assertThat(store.before(conversation, 0, 3, 10))
              .extracting(LogEvent::seq)
              .containsExactly(2L, 2L, 1L);
          assertThat(store.before(conversation, 0, Long.MAX_VALUE, 1)).containsExactly(third);
          assertThat(store.from(conversation(), 1, 10)).isEmpty();
          assertThat(store.placesFrom(conversation, 3, 10)).containsExactly(withoutPayload(third));
          assertThat(store.placesBefore(conversation, 0, 2, 10))
              .containsExactly(withoutPayload(first));
        });
  }

  @Test
  default void newestPlacesShouldBeOfEachBucketInOrder() {
    with(
        store -> {
          ConversationId conversation = conversation();
          long second = firstOfBucket(store, 1);
          LogEvent one = event(conversation, second - 1, 1);
          LogEvent two = event(conversation, second, 1);
          LogEvent three = event(conversation, second + 1, 1);
          for (LogEvent row : new LogEvent[] {three, one, two}) {
            store.insert(row);
          }
          assertThat(store.newestPlaces(conversation, 0, 3, 10))
              .containsExactly(
                  List.of(withoutPayload(one)),
                  List.of(withoutPayload(three), withoutPayload(two)),
                  List.of());
          assertThat(store.newestPlaces(conversation, 1, 1, 1))
              .containsExactly(List.of(withoutPayload(three)));
          assertThat(store.newestPlaces(conversation(), 0, 2, 1))
              .containsExactly(List.of(), List.of());
        });
  }

  private static long firstOfBucket(EventStore store, long bucket) {
    long seq = 1;
    while (store.bucketOf(seq) < bucket) {
      seq++;
    }
    return seq;
  }

  @Test
  default void theSameRowAgainShouldChangeNothing() {
    with(
        store -> {
          LogEvent row = event(conversation(), 1, 1);
          store.insert(row);
          store.insert(row);
          assertThat(store.at(row.conversation(), 1)).containsExactly(row);
        });
  }

  @Test
  default void ofSeveralEditsTheLastOneShouldStayInWhateverOrderTheyCome() {
    with(
        store -> {
          LogEvent row = event(conversation(), 1, 1);
          store.insert(row);
          store.edit(row, 7, "{\"text\":\"third\"}");
          store.edit(row, 5, "{\"text\":\"second\"}");
          store.edit(row, 7, "{\"text\":\"third\"}");
          LogEvent edited = only(store, row);
          assertThat(edited.payload()).isEqualTo(row.payload());
          assertThat(edited.content()).isEqualTo("{\"text\":\"third\"}");
          assertThat(edited.changes().edits()).containsExactly(5L, 7L);
          assertThat(edited.version()).isEqualTo(7);
          assertThat(edited.changes().reacted()).isFalse();
        });
  }

  @Test
  default void anOverwrittenRowShouldStaySoWhateverIsWrittenLate() {
    with(
        store -> {
          LogEvent row = event(conversation(), 1, 1);
          store.insert(row);
          store.edit(row, 5, "{\"text\":\"second\"}");
          store.overwrite(row, "{\"deleted\":true}", LogEvent.BEING_DELETED);
          assertThat(only(store, row).deletedSeq()).isEqualTo(LogEvent.BEING_DELETED);
          store.overwrite(row, "{\"deleted\":true}", 9);
          store.insert(row);
          store.edit(row, 7, "{\"text\":\"third\"}");
          LogEvent deleted = only(store, row);
          assertThat(deleted.payload()).isEqualTo("{\"deleted\":true}");
          assertThat(deleted.content()).isEqualTo("{\"deleted\":true}");
          assertThat(deleted.changes().payload()).isNull();
          // Whoever deletes it finds them by this.
          assertThat(deleted.changes().edits()).containsExactly(5L, 7L);
          assertThat(deleted.deletedSeq()).isEqualTo(9);
          assertThat(store.placesFrom(row.conversation(), 1, 10).getFirst().deletedSeq())
              .isEqualTo(9);
        });
  }

  @Test
  default void everyRowOfAnEventShouldBeOverwritten() {
    with(
        store -> {
          ConversationId conversation = conversation();
          store.insert(event(conversation, 1, 1));
          LogEvent again = event(conversation, 1, 2);
          store.insert(again);
          store.overwrite(again, "{\"deleted\":true}", 9);
          assertThat(store.at(conversation, 1))
              .extracting(LogEvent::payload)
              .containsExactly("{\"deleted\":true}", "{\"deleted\":true}");
        });
  }

  @Test
  default void thatThereAreReactionsShouldStayWithTheRow() {
    with(
        store -> {
          LogEvent row = event(conversation(), 1, 1);
          store.insert(row);
          store.markReacted(row);
          store.insert(row);
          assertThat(only(store, row).changes())
              .isEqualTo(new LogEvent.Changes(null, Set.of(), true));
          assertThat(only(store, row).content()).isEqualTo(row.payload());
        });
  }

  private static LogEvent only(EventStore store, LogEvent row) {
    List<LogEvent> rows = store.at(row.conversation(), row.seq());
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  @Test
  default void epochShouldBeCreatedOpenedAndSettledOnce() {
    with(
        store -> {
          ConversationId conversation = conversation();
          assertThat(store.epoch(conversation)).isNull();
          assertThat(store.openEpoch(conversation, 2, 1)).isFalse();
          assertThat(store.createEpoch(conversation, 1)).isTrue();
          assertThat(store.createEpoch(conversation, 1)).isFalse();
          assertThat(store.epoch(conversation)).isEqualTo(new LogEpoch(1, 1, Set.of(), 1, 0));
          assertThat(store.openEpoch(conversation, 2, 1)).isTrue();
          assertThat(store.openEpoch(conversation, 2, 1)).isFalse();
          assertThat(store.epoch(conversation)).isEqualTo(new LogEpoch(1, 1, Set.of(), 2, 0));
          LogEpoch settled = new LogEpoch(2, 9, Set.of(3L, 7L), 2, 0);
          assertThat(store.settleEpoch(conversation, settled, 0)).isFalse();
          assertThat(store.settleEpoch(conversation, settled, 1)).isTrue();
          assertThat(store.settleEpoch(conversation, settled, 1)).isFalse();
          assertThat(store.epoch(conversation)).isEqualTo(settled);
          assertThat(store.openEpoch(conversation, 3, 2)).isTrue();
          LogEpoch late = new LogEpoch(2, 5, Set.of(), 2, 0);
          assertThat(store.settleEpoch(conversation, late, 2)).isFalse();
        });
  }

  @Test
  default void highestNoteOfTheWholeShouldStay() {
    with(
        store -> {
          ConversationId conversation = conversation();
          store.createEpoch(conversation, 1);
          store.noteWhole(conversation, 300);
          store.noteWhole(conversation, 200);
          assertThat(requireNonNull(store.epoch(conversation)).wholeTo()).isEqualTo(300);
          store.openEpoch(conversation, 2, 1);
          store.settleEpoch(conversation, new LogEpoch(2, 400, Set.of(), 2, 300), 1);
          store.noteWhole(conversation, 500);
          assertThat(requireNonNull(store.epoch(conversation)).wholeTo()).isEqualTo(500);
        });
  }

  @Test
  default void highestNoticeOfEachNodeShouldStay() {
    with(
        store -> {
          UUID one = UUID.randomUUID();
          UUID two = UUID.randomUUID();
          store.noteOpening(one, 1_000_002);
          store.noteOpening(two, 1_000_001);
          store.noteOpening(one, 1_000_001);
          assertThat(store.openings())
              .containsEntry(one, 1_000_002L)
              .containsEntry(two, 1_000_001L);
        });
  }
}
