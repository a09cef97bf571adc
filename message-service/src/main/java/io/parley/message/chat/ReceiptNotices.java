package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.Unread;
import io.parley.message.delivery.FanOut;
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
 * Tells that somebody has received or read: the first time at once, and after that once a second at
 * most for each conversation and member, with the latest of each. One clock for all of them; who
 * has not said anything for a second is forgotten.
 */
@Component
class ReceiptNotices {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int TICK_MILLIS = 200;

  /**
   * @param type as in the event
   */
  private record Key(String type, ConversationId conversation, UserId member) {}

  private record Notice(long turn, long seq, PassingEvents.Receipt receipt) {

    boolean isAfter(Notice other) {
      return turn > other.turn || (turn == other.turn && seq > other.seq);
    }

    /** In the place of one that has not been told: what that has for others is not lost. */
    Notice insteadOf(@Nullable Notice other) {
      return other == null || receipt.toOthers() != null
          ? this
          : new Notice(turn, seq, receipt.toOthersAlso(other.receipt.toOthers()));
    }
  }

  /**
   * @param toldNanos by {@link System#nanoTime}
   * @param waiting what came since
   */
  private record Told(long toldNanos, @Nullable Notice waiting) {}

  private final PassingEvents passing;
  private final Map<Key, Told> told = new ConcurrentHashMap<>();

  ReceiptNotices(PassingEvents passing) {
    this.passing = passing;
  }

  /**
   * @param further whether others have something new to see
   * @param behind the marker as it is now
   */
  void tellRead(
      OpenConversations.Access access, ReadMarker now, boolean further, Unread.Counts behind) {
    tell(
        FanOut.READ,
        access,
        new Notice(now.turn(), now.seq(), passing.read(access, now, further, behind)));
  }

  /** For the others only. */
  void tellDelivered(OpenConversations.Access access, long seq) {
    tell(FanOut.DELIVERED, access, new Notice(0, seq, passing.delivered(access, seq)));
  }

  private void tell(String type, OpenConversations.Access access, Notice notice) {
    if (notice.receipt().isForNobody()) {
      return;
    }
    told.compute(
        new Key(type, access.conversation().id(), access.member().user()),
        (key, before) -> {
          if (before == null) {
            passing.tell(notice.receipt());
            return new Told(System.nanoTime(), null);
          }
          Notice waiting = before.waiting();
          return waiting != null && waiting.isAfter(notice)
              ? before
              : new Told(before.toldNanos(), notice.insteadOf(waiting));
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
            passing.tell(waiting.receipt());
            return new Told(System.nanoTime(), null);
          });
    }
  }
}
