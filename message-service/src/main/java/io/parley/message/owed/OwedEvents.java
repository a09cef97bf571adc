package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import io.parley.message.owed.Ledger.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Does from the log what its node may not have come to: applies events to what follows from them,
 * and hands over those of which that is not certain. Handed over twice is once: who is told knows a
 * message by its id.
 */
@Component
public class OwedEvents {

  /**
   * Of a conversation everything is handed over up to {@code through}.
   *
   * @param isEnd whether nothing is written behind it, as far as the note goes
   */
  record Decided(ConversationId conversation, long through, boolean isEnd) {}

  private static final int PAGE = 200;

  /** Longer runs of seqs without an event are not looked through but waited for. */
  private static final int MAX_UNWRITTEN = 1_000;

  /** Hands over events that were read from the log. */
  public interface Telling {

    /**
     * @param events of any kind, in the order of their conversation's log
     * @throws Exception when some may not be handed over
     */
    void tell(List<LogEvent> events) throws Exception;
  }

  private final LogReader reader;
  private final List<LogProjection> projections;
  private final Telling telling;

  OwedEvents(LogReader reader, List<LogProjection> projections, Telling telling) {
    this.reader = reader;
    this.projections = projections;
    this.telling = telling;
  }

  /**
   * One step, a page of each conversation.
   *
   * @return for each conversation how far it is decided; short of the note's end there may be more,
   *     and where there is no progress a seq is still being written, or never was
   * @throws Exception when a store does not answer
   */
  List<Decided> decide(List<Map.Entry<ConversationId, Range>> notes) throws Exception {
    List<Decided> decided = new ArrayList<>();
    List<LogEvent> read = new ArrayList<>();
    for (Map.Entry<ConversationId, Range> note : notes) {
      decided.add(decide(note.getKey(), note.getValue(), read));
    }
    telling.tell(read);
    return decided;
  }

  private Decided decide(ConversationId conversation, Range note, Collection<LogEvent> read) {
    List<LogEvent> events =
        reader.read(
            conversation, note.first(), (int) Math.min(PAGE, note.last() - note.first() + 1));
    if (events.isEmpty()) {
      return new Decided(conversation, note.first() - 1, isUnwritten(conversation, note));
    }
    for (LogEvent event : events) {
      for (LogProjection projection : projections) {
        if (projection.covers(event)) {
          projection.apply(event);
        }
      }
    }
    read.addAll(events);
    return new Decided(conversation, events.getLast().seq(), false);
  }

  /**
   * Behind the end of the log: what was proposed there was never written, if no append is under way
   * any more. A hole is something else: behind it there is an event, and it is filled or becomes
   * void.
   */
  private boolean isUnwritten(ConversationId conversation, Range note) {
    if (note.last() - note.first() >= MAX_UNWRITTEN) {
      return false;
    }
    for (long seq = note.last(); seq >= note.first(); seq--) {
      if (reader.at(conversation, seq) != null) {
        return false;
      }
    }
    return true;
  }
}
