package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The rows of threads on a simulated node. */
public final class SimulatedThreads {

  private static final int ALL = 1_000;

  /** Who follows a thread is not simulated. */
  public static final Involvement NOBODY_FOLLOWS =
      new Involvement() {
        @Override
        public CompletableFuture<?> replied(LogEvent reply) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public void named(LogEvent message, Set<UserId> users) {
          // nobody
        }
      };

  private final ThreadStore store;

  public SimulatedThreads(SimulatedThreadStore store) {
    this.store = store;
  }

  public LogProjection projection() {
    return new ThreadRows(store, NOBODY_FOLLOWS);
  }

  /** The seq of each reply → its thread's root. */
  public SortedMap<Long, Long> replies(ConversationId conversation) {
    SortedMap<Long, Long> replies = new TreeMap<>();
    store
        .newestOfAll(conversation, 0, ALL, ALL)
        .forEach(reply -> replies.put(reply.seq(), reply.root()));
    return replies;
  }

  /** As {@link #replies}, of one thread, as they are found by it. */
  public SortedMap<Long, Long> replies(ConversationId conversation, long root) {
    SortedMap<Long, Long> replies = new TreeMap<>();
    store.oldest(conversation, root, 0, ALL, ALL).forEach(seq -> replies.put(seq, root));
    return replies;
  }
}
