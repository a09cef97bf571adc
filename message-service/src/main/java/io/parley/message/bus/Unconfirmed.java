package io.parley.message.bus;

import io.parley.common.ids.ConversationId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Up to where each log was announced without a confirmation yet. A later announcement takes an
 * earlier one's place: whoever hears it sees the gap.
 */
final class Unconfirmed {

  private record Announcement(long seq, long nanos) {}

  private final Map<ConversationId, Announcement> announcements = new ConcurrentHashMap<>();

  /**
   * @param now by {@link System#nanoTime}
   */
  void announced(ConversationId conversation, long seq, long now) {
    announcements.merge(
        conversation,
        new Announcement(seq, now),
        (before, after) -> before.seq() > after.seq() ? before : after);
  }

  void confirmed(ConversationId conversation, long seq) {
    announcements.computeIfPresent(
        conversation, (id, announcement) -> announcement.seq() > seq ? announcement : null);
  }

  /** Those that were last announced before then, with their seqs. */
  Map<ConversationId, Long> since(long nanos) {
    Map<ConversationId, Long> late = new HashMap<>();
    announcements.forEach(
        (conversation, announcement) -> {
          if (announcement.nanos() - nanos < 0) {
            late.put(conversation, announcement.seq());
          }
        });
    return late;
  }
}
