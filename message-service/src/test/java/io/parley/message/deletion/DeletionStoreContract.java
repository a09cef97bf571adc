package io.parley.message.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every DeletionStore promises: run by SimulatedDeletionStoreTest and
 * CassandraDeletionStoreIT.
 */
interface DeletionStoreContract {

  /** Runs a test where the store can be asked. */
  void with(Consumer<DeletionStore> test);

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }

  private static Deletion deletion(ConversationId conversation, long target, long by) {
    return new Deletion(
        conversation,
        target,
        new UserId(new UUID(1, by)),
        Instant.ofEpochMilli(1_000 + by),
        target + by,
        0);
  }

  @Test
  default void whoDecidesFirstShouldHaveDecided() {
    with(
        store -> {
          ConversationId conversation = conversation();
          Deletion first = deletion(conversation, 3, 1);
          assertThat(store.decide(first)).isEqualTo(first);
          assertThat(store.decide(deletion(conversation, 3, 2))).isEqualTo(first);
          assertThat(store.decide(first)).isEqualTo(first);
          Deletion other = deletion(conversation, 4, 2);
          assertThat(store.decide(other)).isEqualTo(other);
        });
  }

  @Test
  default void theEventOfADecisionShouldBeKnownWithIt() {
    with(
        store -> {
          ConversationId conversation = conversation();
          Deletion first = store.decide(deletion(conversation, 3, 1));
          store.completed(first, 12);
          store.completed(first, 12);
          Deletion known = store.decide(deletion(conversation, 3, 2));
          assertThat(known.eventSeq()).isEqualTo(12);
          assertThat(known.by()).isEqualTo(first.by());
        });
  }

  @Test
  default void deletedMessagesShouldBeFoundAndCounted() {
    with(
        store -> {
          ConversationId conversation = conversation();
          for (long target : new long[] {3, 150_000, 7}) {
            store.decide(deletion(conversation, target, 1));
          }
          assertThat(store.among(conversation, List.of(3L, 4L, 150_000L)))
              .containsExactlyInAnyOrder(3L, 150_000L);
          assertThat(store.among(conversation, List.of())).isEmpty();
          assertThat(store.among(conversation(), List.of(3L))).isEmpty();
          assertThat(store.countAfter(conversation, 3, 200_000)).isEqualTo(2);
          assertThat(store.countAfter(conversation, 0, 200_000)).isEqualTo(3);
          assertThat(store.countAfter(conversation, 150_000, 200_000)).isZero();
          assertThat(store.countAfter(conversation(), 0, 10)).isZero();
        });
  }
}
