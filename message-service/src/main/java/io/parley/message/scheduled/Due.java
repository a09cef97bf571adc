package io.parley.message.scheduled;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * That a scheduled message is to be looked at.
 *
 * @param at when
 * @param version of the message whose time that is
 */
record Due(Instant at, UserId author, UUID id, int version, ConversationId conversation) {

  static final Comparator<Due> ORDER =
      Comparator.comparing(Due::at).thenComparing(Due::id).thenComparing(Due::version);

  private static final Duration SLOT = Duration.ofMinutes(10);

  static Due of(ScheduledMessage message) {
    return of(message, message.at());
  }

  static Due of(ScheduledMessage message, Instant at) {
    return new Due(at, message.author(), message.id(), message.version(), message.conversationId());
  }

  /** Of {@code due_messages_by_slot}. */
  long slot() {
    return slot(at);
  }

  static long slot(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), SLOT.toSeconds());
  }
}
