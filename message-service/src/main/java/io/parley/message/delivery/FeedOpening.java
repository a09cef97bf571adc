package io.parley.message.delivery;

import java.util.concurrent.CompletableFuture;

/**
 * An attempt to open a feed. All who want the feed open wait for the same one; it is done once, by
 * whichever of its threads finds room first.
 */
final class FeedOpening {

  private final CompletableFuture<ConversationFeed> done = new CompletableFuture<>();
  private boolean asked;
  private boolean askedUrgently;
  private boolean begun;

  /**
   * Whether the caller is to have it done: the first does, and the first in a hurry.
   *
   * @param urgent somebody waits for it
   */
  synchronized boolean ask(boolean urgent) {
    boolean first = !begun && (!asked || (urgent && !askedUrgently));
    asked = true;
    askedUrgently |= urgent;
    return first;
  }

  /**
   * @return false when another thread is at it, or was
   */
  synchronized boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  void succeeded(ConversationFeed feed) {
    done.complete(feed);
  }

  void failed(Throwable failure) {
    done.completeExceptionally(failure);
  }

  boolean hasFailed() {
    return done.isCompletedExceptionally();
  }

  CompletableFuture<ConversationFeed> done() {
    return done;
  }
}
