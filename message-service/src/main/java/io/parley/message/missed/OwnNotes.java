package io.parley.message.missed;

import io.parley.common.ids.ConversationId;
import io.parley.message.missed.Ledger.Range;
import io.parley.message.missed.OwedMessages.Decided;
import io.parley.message.presence.RedisNodes;
import io.parley.message.store.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps this node's notes in Redis up to date with its {@link Ledger}: clears what is handed over,
 * together for all messages of some seconds; decides from the log what is in doubt; and notes again
 * what waits when Redis has forgotten it. What is in doubt just when Redis forgets is lost.
 */
@Component
class OwnNotes {

  private static final Logger log = LoggerFactory.getLogger(OwnNotes.class);

  private final Ledger ledger;
  private final RedisOwed owed;
  private final OwedMessages messages;
  private final RedisNodes nodes;
  private final NodeId self;
  private final ReentrantLock running = new ReentrantLock();
  private volatile boolean forgotten;
  private boolean stopped;

  OwnNotes(Ledger ledger, RedisOwed owed, OwedMessages messages, RedisNodes nodes, NodeId self) {
    this.ledger = ledger;
    this.owed = owed;
    this.messages = messages;
    this.nodes = nodes;
    this.self = self;
    nodes.onForgotten(() -> forgotten = true);
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

  private void takeTurn() throws Exception {
    Ledger.Turn turn = ledger.turn();
    if (turn == null) {
      return;
    }
    owed.clear(self.value(), turn.settled());
    turn.settled().forEach(ledger::cleared);
    for (Map.Entry<ConversationId, Long> doubtful : turn.doubtful().entrySet()) {
      decide(doubtful.getKey(), doubtful.getValue());
    }
  }

  private void decide(ConversationId conversation, long since) throws Exception {
    Range range = owed.of(self.value(), conversation);
    long through = range == null ? 0 : range.first() - 1;
    while (range != null && through < range.last()) {
      Decided decided = messages.decide(List.of(Map.entry(conversation, range))).getFirst();
      if (decided.through() <= through) {
        // A seq is still being written: looked at again with the next turn.
        return;
      }
      through = decided.through();
      owed.clear(self.value(), Map.of(conversation, through));
      range = new Range(through + 1, range.last());
    }
    ledger.decided(conversation, since, through);
  }

  /** Called when the node puts nothing into the log any more. */
  void stop() {
    running.lock();
    try {
      stopped = true;
      // Two turns: what was settled since the last one is behind the second.
      takeTurn();
      takeTurn();
      if (!ledger.isBalanced()) {
        nodes.leaveToOthers();
      }
    } catch (Exception e) {
      log.debug("another node clears the notes: {}", e.toString());
      nodes.leaveToOthers();
    } finally {
      running.unlock();
    }
  }
}
