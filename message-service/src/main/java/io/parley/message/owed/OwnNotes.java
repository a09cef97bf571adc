package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.owed.Ledger.Range;
import io.parley.message.owed.OwedEvents.Decided;
import io.parley.message.store.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps this node's notes in Redis up to date with its {@link Ledger}: clears what is handed over,
 * together for all events of some seconds; decides from the log what is in doubt; and notes again
 * what waits when Redis has forgotten it. What is in doubt just when Redis forgets is lost.
 */
@Component
public class OwnNotes {

  /**
   * Nothing was found there in the log.
   *
   * @param turn when that was
   */
  private record Unwritten(Range range, long turn) {}

  private static final Logger log = LoggerFactory.getLogger(OwnNotes.class);

  /** Well within the life of a note. */
  private static final Duration KEEP_EVERY = Duration.ofMinutes(10);

  private static final int STOP_SECONDS = 2;

  private final Ledger ledger;
  private final Owed owed;
  private final OwedEvents events;
  private final NodeId self;
  private final ReentrantLock running = new ReentrantLock();
  private volatile boolean forgotten;
  private boolean stopped;
  private final Map<ConversationId, Unwritten> unwritten = new HashMap<>();
  private long turns;
  private long keptNanos = System.nanoTime();

  OwnNotes(Ledger ledger, Owed owed, OwedEvents events, NodeId self) {
    this.ledger = ledger;
    this.owed = owed;
    this.events = events;
    this.self = self;
  }

  /** Called when Redis has lost them. */
  public void forgotten() {
    forgotten = true;
  }

  @Scheduled(fixedRateString = "${parley.missed.clear-notes:3s}")
  void settle() {
    if (!running.tryLock()) {
      return;
    }
    try {
      if (!stopped) {
        noteAgain();
        takeTurn();
        keepWhatIsOwedForLong();
      }
    } catch (Exception e) {
      log.debug("notes are cleared later: {}", e.toString());
    } finally {
      running.unlock();
    }
  }

  private void noteAgain() throws Exception {
    if (forgotten) {
      forgotten = false;
      try {
        owed.note(self.value(), ledger.open());
      } catch (Exception e) {
        forgotten = true;
        throw e;
      }
    }
  }

  private void keepWhatIsOwedForLong() throws Exception {
    if (System.nanoTime() - keptNanos > KEEP_EVERY.toNanos() && !ledger.isBalanced()) {
      owed.keep(self.value());
      keptNanos = System.nanoTime();
    }
  }

  private void takeTurn() throws Exception {
    Ledger.Turn turn = ledger.turn();
    if (turn == null) {
      return;
    }
    turns++;
    owed.clear(self.value(), turn.settled());
    turn.settled().forEach(ledger::cleared);
    for (Map.Entry<ConversationId, Long> doubtful : turn.doubtful().entrySet()) {
      decide(doubtful.getKey(), doubtful.getValue());
    }
  }

  private void decide(ConversationId conversation, long since) throws Exception {
    // What this node knows that it owes is not lost with Redis's note of it.
    Range range = Range.both(owed.of(self.value(), conversation), ledger.open().get(conversation));
    long through = range == null ? 0 : range.first() - 1;
    while (range != null && through < range.last()) {
      Decided decided = events.decide(List.of(Map.entry(conversation, range))).getFirst();
      if (decided.through() > through) {
        through = decided.through();
      } else if (decided.isEnd() && isUnwritten(conversation, range)) {
        through = range.last();
      } else {
        // Looked at again with the next turn.
        return;
      }
      owed.clear(self.value(), Map.of(conversation, through));
      range = new Range(through + 1, range.last());
    }
    unwritten.remove(conversation);
    ledger.decided(conversation, since, through);
  }

  /** Two turns later every append has ended that was under way: it would be written by now. */
  private boolean isUnwritten(ConversationId conversation, Range range) {
    Unwritten known = unwritten.get(conversation);
    if (known == null || !known.range().equals(range)) {
      unwritten.put(conversation, new Unwritten(range, turns));
      return false;
    }
    return turns - known.turn() >= 2;
  }

  /**
   * Called when the node puts nothing into the log any more.
   *
   * @return false when something is left to others
   */
  public boolean stop() {
    try {
      if (!running.tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
        return false;
      }
      try {
        stopped = true;
        // Two turns: what was settled since the last one is behind the second.
        takeTurn();
        takeTurn();
        return ledger.isBalanced();
      } finally {
        running.unlock();
      }
    } catch (Exception e) {
      log.info("what is owed is left to others: {}", e.toString());
      return false;
    }
  }
}
