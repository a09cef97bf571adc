package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.delivery.OpenConversations;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Tells that somebody has read: the first time at once, and after that once a second at most for
 * each conversation and reader, with the latest marker. One clock for all of them; who has not read
 * anything for a second is forgotten.
 */
@Component
class ReadNotices {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int TICK_MILLIS = 200;

  private record Key(ConversationId conversation, UserId reader) {}

  private record Notice(long turn, long seq, PassingEvents.Read read) {

    boolean isAfter(Notice other) {
      return turn > other.turn || (turn == other.turn && seq > other.seq);
    }
  }

  /**
   * @param toldNanos by {@link System#nanoTime}
   * @param waiting what came since
   */
  private record Told(long toldNanos, @Nullable Notice waiting) {}

  private final PassingEvents passing;
  private final Map<Key, Told> told = new ConcurrentHashMap<>();

  ReadNotices(PassingEvents passing) {
    this.passing = passing;
  }

  /**
   * @param unread behind the marker as it is now
   */
  void tell(OpenConversations.Access access, ReadMarker was, ReadMarker now, long unread) {
    Notice notice =
        new Notice(
            now.turn(),
            now.seq(),
            passing.read(access, now, now.furthest() > was.furthest(), unread));
    told.compute(
        new Key(access.conversation().id(), access.member().user()),
        (key, before) -> {
          if (before == null) {
            passing.tell(notice.read());
            return new Told(System.nanoTime(), null);
          }
          Notice waiting = before.waiting();
          return waiting != null && waiting.isAfter(notice)
              ? before
              : new Told(before.toldNanos(), notice);
        });
  }

  @Scheduled(fixedDelay = TICK_MILLIS)
  void tick() {
    tellSince(System.nanoTime() - INTERVAL_NANOS);
  }

  @EventListener(ContextClosedEvent.class)
  void tellTheRest() {
    tellSince(System.nanoTime());
  }

  private void tellSince(long nanos) {
    for (Key key : told.keySet()) {
      told.computeIfPresent(
          key,
          (same, before) -> {
            Notice waiting = before.waiting();
            if (before.toldNanos() - nanos > 0) {
              return before;
            }
            if (waiting == null) {
              return null;
            }
            passing.tell(waiting.read());
            return new Told(System.nanoTime(), null);
          });
    }
  }
}
