package io.parley.message.delivery;

import io.parley.common.ids.UserId;

/** One client's socket, as the fan-out sees it. */
public interface Connection {

  UserId user();

  /**
   * Adds an event for whoever subscribed to {@code /user/queue/events}; it leaves with the next
   * {@link #flush}. Never blocks.
   */
  void enqueue(Outgoing event);

  /** Writes what was added, all of it at once. Never blocks. */
  void flush();

  /** When something was last heard from the client, as {@link System#nanoTime}. */
  long heardNanos();
}
