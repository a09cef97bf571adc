package io.parley.message.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.reaction.ReactionStore.Stored;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every ReactionStore promises: run by SimulatedReactionStoreTest and
 * CassandraReactionStoreIT.
 */
interface ReactionStoreContract {

  UserId ANN = new UserId(new UUID(1, 1));
  UserId BEN = new UserId(new UUID(1, 2));
  String HEART = "\u2764\ufe0f";
  String THUMB = "\ud83d\udc4d";

  /** Runs a test where the store can be asked. */
  void with(Consumer<ReactionStore> test);

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }

  @Test
  default void aMessageShouldHaveNoStateBeforeAnybodyReacts() {
    with(
        store -> {
          ConversationId conversation = conversation();
          assertThat(store.state(conversation, 3, Set.of(new Reaction(HEART, ANN))))
              .isEqualTo(ReactionState.NONE);
          assertThat(store.states(conversation, List.of(3L), ANN)).isEmpty();
          assertThat(store.after(conversation, 3, new Reaction("", ANN), 10)).isEmpty();
        });
  }

  @Test
  default void lastEventShouldStayInWhateverOrderEventsAreWritten() {
    with(
        store -> {
          ConversationId conversation = conversation();
          store.write(
              conversation,
              3,
              9,
              List.of(new ReactionChange(ANN, HEART, false)),
              List.of(new Tally(THUMB, 1)));
          store.write(
              conversation,
              3,
              7,
              List.of(new ReactionChange(ANN, HEART, true), new ReactionChange(BEN, THUMB, true)),
              List.of(new Tally(HEART, 1), new Tally(THUMB, 1)));
          assertThat(
                  store.state(
                      conversation, 3, Set.of(new Reaction(HEART, ANN), new Reaction(THUMB, BEN))))
              .isEqualTo(
                  new ReactionState(
                      9, List.of(new Tally(THUMB, 1)), Set.of(new Reaction(THUMB, BEN))));
          assertThat(store.state(conversation, 3, Set.of()).present()).isEmpty();
          assertThat(store.state(conversation, 4, Set.of())).isEqualTo(ReactionState.NONE);
        });
  }

  @Test
  default void statesShouldBeThoseOfManyMessagesWithOnesOwnReactions() {
    with(
        store -> {
          ConversationId conversation = conversation();
          for (long target : new long[] {3, 99, 100, 305}) {
            store.write(
                conversation,
                target,
                400 + target,
                List.of(new ReactionChange(ANN, HEART, true), new ReactionChange(BEN, THUMB, true)),
                List.of(new Tally(HEART, 1), new Tally(THUMB, 1)));
          }
          Map<Long, ReactionState> states =
              store.states(conversation, List.of(3L, 4L, 99L, 305L), BEN);
          assertThat(states).containsOnlyKeys(3L, 99L, 305L);
          assertThat(states)
              .containsEntry(
                  99L,
                  new ReactionState(
                      499,
                      List.of(new Tally(HEART, 1), new Tally(THUMB, 1)),
                      Set.of(new Reaction(THUMB, BEN))));
        });
  }

  @Test
  default void whoReactsShouldBeInOrderWithThoseWhoTookItBack() {
    with(
        store -> {
          ConversationId conversation = conversation();
          store.write(
              conversation,
              3,
              9,
              List.of(
                  new ReactionChange(BEN, THUMB, true),
                  new ReactionChange(BEN, HEART, true),
                  new ReactionChange(ANN, HEART, false)),
              List.of(new Tally(THUMB, 1), new Tally(HEART, 1)));
          Stored one = new Stored(new Reaction(HEART, ANN), false, 9);
          Stored two = new Stored(new Reaction(HEART, BEN), true, 9);
          Stored three = new Stored(new Reaction(THUMB, BEN), true, 9);
          UserId first = new UserId(new UUID(0, 0));
          assertThat(store.after(conversation, 3, new Reaction("", first), 10))
              .containsExactly(one, two, three);
          assertThat(store.after(conversation, 3, new Reaction("", first), 2))
              .containsExactly(one, two);
          assertThat(store.after(conversation, 3, new Reaction(HEART, ANN), 10))
              .containsExactly(two, three);
        });
  }
}
