package io.parley.message.log;

import java.time.Instant;

/**
 * The newest event before which none is still being written, without what it says.
 *
 * @param messageCount messages up to it
 */
public record LogHead(long seq, EventId id, long messageCount, Instant at) {

  public static LogHead of(LogEvent event) {
    return new LogHead(event.seq(), event.id(), event.messageCount(), event.at());
  }
}
