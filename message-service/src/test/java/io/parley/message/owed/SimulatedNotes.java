package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.SimulatedNode;
import io.parley.message.log.SimulatedRedis;
import io.parley.message.owed.Ledger.Range;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated node owes, and its taking over of what others have left. Nobody is told of
 * anything.
 */
public final class SimulatedNotes implements Duties {

  private final Ledger ledger = new Ledger();
  private final OwnNotes own;
  private final LeftNotes left;

  /** The seqs of events that were acknowledged before what follows from them was noted. */
  public final Set<Long> acknowledgedOwing = new HashSet<>();

  public SimulatedNotes(SimulatedNode node, List<LogProjection> projections) {
    Owed owed = new SimulatedOwed(node.redis);
    OwedEvents events = new OwedEvents(node.reader, projections, nobody -> {});
    this.own = new OwnNotes(ledger, owed, events, node.redis.node());
    this.left = new LeftNotes(owed, events);
  }

  @Override
  public Duty duty(ConversationId conversation) {
    long begun = ledger.begin();
    return new Duty() {
      private boolean done;

      @Override
      public void done(LogEvent event) {
        done = true;
        ledger.stored(begun, conversation, event.seq(), true);
      }

      @Override
      public void owe(LogEvent event) {
        done = true;
        acknowledgedOwing.add(event.seq());
        ledger.stored(begun, conversation, event.seq(), false);
        ledger.doubt(conversation);
      }

      @Override
      public void close() {
        if (!done) {
          ledger.failed(begun, conversation);
        }
      }
    };
  }

  /** To be called every few seconds. */
  public void settle() {
    own.settle();
  }

  /** Redis has lost them, or another node has taken this one for dead. */
  public void forgotten() {
    own.forgotten();
  }

  /**
   * @return whether a dead node owes nothing more
   */
  public boolean takeOver(UUID dead) {
    try {
      return left.decide(dead, () -> {});
    } catch (Exception e) {
      return false;
    }
  }

  private record SimulatedOwed(SimulatedRedis.Connection redis) implements Owed {

    @Override
    public Map<ConversationId, Range> of(UUID node) {
      Map<ConversationId, Range> notes = new HashMap<>();
      redis.owed(node).forEach((id, note) -> notes.put(id, new Range(note.first(), note.last())));
      return notes;
    }

    @Override
    public @Nullable Range of(UUID node, ConversationId conversation) {
      return of(node).get(conversation);
    }

    @Override
    public void clear(UUID node, Map<ConversationId, Long> handedOver) {
      handedOver.forEach((conversation, through) -> redis.clear(node, conversation, through));
    }

    @Override
    public void note(UUID node, Map<ConversationId, Range> owed) {
      owed.forEach(
          (conversation, range) -> redis.owe(node, conversation, range.first(), range.last()));
    }

    @Override
    public void keep(UUID node) {
      // nothing is as old
    }
  }
}
