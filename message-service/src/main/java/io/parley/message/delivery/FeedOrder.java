package io.parley.message.delivery;

import io.parley.message.bus.BusEvent;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a feed delivers. Invariant: an event is delivered when all before it have
 * been. One that comes too early is held; one that has been delivered is dropped. What is known to
 * exist and has not come makes a gap, for which the log must be read. Confined to the feed's worker
 * but for what is read from the volatile fields, and for {@link #doubt}.
 */
final class FeedOrder {

  /** More that came too early are dropped: the log has them. */
  private static final int MAX_HELD = 500;

  private final TreeMap<Long, BusEvent> held = new TreeMap<>();
  private volatile boolean begun;
  private volatile long head;
  private volatile long expected;
  private volatile boolean doubtful;
  private volatile long comparedNanos = System.nanoTime();
  private long toldHead;

  /**
   * Delivers what is held, though it be in the log already: whoever joined before it came waits for
   * it. Of the rest everything up to {@code head} can be read from the log.
   */
  void begin(long head) {
    if (held.isEmpty()) {
      // Who joined before may have been told less.
      this.head = head;
      this.toldHead = 0;
    } else {
      this.head = Math.min(head, held.firstKey() - 1);
      this.toldHead = this.head;
    }
    this.begun = true;
    expect(head);
  }

  /** Whether something came that waits. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  /** What is held, in order. */
  Collection<BusEvent> held() {
    return held.values();
  }

  private void dropDelivered() {
    held.headMap(head, true).clear();
  }

  /** The seq of the last event delivered. */
  long head() {
    return head;
  }

  /**
   * Takes an event of the log.
   *
   * @return the event if it is to be delivered now, and {@link #nextHeld} after it; else null
   */
  @Nullable BusEvent accept(BusEvent event) {
    long seq = event.seq();
    if (begun && seq == head + 1) {
      head = seq;
      return event;
    }
    if (!begun || seq > head) {
      expect(seq);
      if (held.size() < MAX_HELD) {
        held.put(seq, event);
      }
    }
    return null;
  }

  /** What was held and is to be delivered now. */
  @Nullable BusEvent nextHeld() {
    if (held.isEmpty() || !begun) {
      return null;
    }
    dropDelivered();
    BusEvent next = held.remove(head + 1);
    if (next != null) {
      head = next.seq();
    }
    return next;
  }

  /** There is an event at this seq, or was to be one. */
  void expect(long seq) {
    expected = Math.max(expected, seq);
  }

  /** The newest seq of which it is known that it was given out. */
  long expected() {
    return expected;
  }

  /** A seq that was given out may never be used: expects no more than what has come proves. */
  void giveUp() {
    expected = held.isEmpty() ? head : held.lastKey();
  }

  /** What is in between is not delivered; clients find it in the log. */
  void jumpTo(long seq) {
    head = Math.max(head, seq);
    dropDelivered();
  }

  /** Something may be in the log that did not come. Any thread may say so. */
  void doubt() {
    doubtful = true;
  }

  boolean isDoubtful() {
    return doubtful;
  }

  /** Whether the log must be read. */
  boolean mayMiss() {
    return doubtful || head < expected;
  }

  /** What comes into doubt from here on is not answered by what is read now. */
  void comparing() {
    doubtful = false;
  }

  void compared() {
    comparedNanos = System.nanoTime();
  }

  /** When it was last compared with the log. */
  long comparedNanos() {
    return comparedNanos;
  }

  /**
   * @return whether the head has moved since this was last called; who joined since then was told
   */
  boolean headMoved() {
    boolean moved = toldHead < head;
    toldHead = head;
    return moved;
  }
}
