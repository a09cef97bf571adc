package io.parley.message.thread;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.thread.ThreadStore.Reply;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every ThreadStore promises: run by SimulatedThreadStoreTest and CassandraThreadStoreIT. */
interface ThreadStoreContract {

  UserId ANN = new UserId(new UUID(1, 1));
  UserId BEN = new UserId(new UUID(1, 2));

  /** Runs a test where the store can be asked. */
  void with(Consumer<ThreadStore> test);

  @Test
  default void repliesShouldBeFoundFromBothEndsAndAcrossStretches() {
    with(
        store -> {
          ConversationId conversation = new ConversationId(UUID.randomUUID());
          for (long seq : new long[] {250_001, 5, 99_999, 100_000, 7}) {
            store.put(conversation, 2, seq, ANN, null);
          }
          store.put(conversation, 3, 6, BEN, null);
          assertThat(store.oldest(conversation, 2, 0, 300_000, 10))
              .containsExactly(5L, 7L, 99_999L, 100_000L, 250_001L);
          assertThat(store.oldest(conversation, 2, 5, 100_000, 10))
              .containsExactly(7L, 99_999L, 100_000L);
          assertThat(store.oldest(conversation, 2, 0, 300_000, 3)).containsExactly(5L, 7L, 99_999L);
          assertThat(store.newest(conversation, 2, 0, 300_000, 3))
              .extracting(Reply::seq)
              .containsExactly(250_001L, 100_000L, 99_999L);
          assertThat(store.newest(conversation, 2, 5, 100_000, 10))
              .containsExactly(
                  new Reply(100_000, 2, ANN, false),
                  new Reply(99_999, 2, ANN, false),
                  new Reply(7, 2, ANN, false));
          assertThat(store.newestOfAll(conversation, 5, 100_000, 3))
              .containsExactly(
                  new Reply(100_000, 2, ANN, false),
                  new Reply(99_999, 2, ANN, false),
                  new Reply(7, 2, ANN, false));
          assertThat(store.newestOfAll(conversation, 0, 7, 10))
              .containsExactly(
                  new Reply(7, 2, ANN, false),
                  new Reply(6, 3, BEN, false),
                  new Reply(5, 2, ANN, false));
        });
  }

  @Test
  default void whatHasDisappearedShouldNotBeAmongTheNewestOfItsThread() {
    with(
        store -> {
          ConversationId conversation = new ConversationId(UUID.randomUUID());
          store.put(conversation, 2, 5, ANN, null);
          store.put(conversation, 2, 6, ANN, Instant.EPOCH);
          store.put(conversation, 2, 7, ANN, Instant.parse("9999-01-01T00:00:00Z"));
          store.put(conversation, 2, 8, BEN, Instant.EPOCH);
          assertThat(store.newest(conversation, 2, 0, 10, 2))
              .extracting(Reply::seq)
              .containsExactly(7L, 5L);
          assertThat(store.newestOfAll(conversation, 0, 10, 10))
              .extracting(Reply::expired)
              .containsExactly(true, false, true, false);
          // Its place in the thread stays.
          assertThat(store.oldest(conversation, 2, 0, 10, 10)).containsExactly(5L, 6L, 7L, 8L);
        });
  }

  @Test
  default void theSameReplyAgainShouldChangeNothing() {
    with(
        store -> {
          ConversationId conversation = new ConversationId(UUID.randomUUID());
          store.put(conversation, 2, 5, ANN, null);
          store.put(conversation, 2, 5, ANN, null);
          assertThat(store.oldest(conversation, 2, 0, 10, 10)).containsExactly(5L);
          assertThat(store.newestOfAll(conversation, 0, 10, 10))
              .containsExactly(new Reply(5, 2, ANN, false));
          assertThat(store.oldest(conversation, 5, 0, 10, 10)).isEmpty();
          assertThat(store.newest(new ConversationId(UUID.randomUUID()), 2, 0, 10, 10)).isEmpty();
        });
  }
}
