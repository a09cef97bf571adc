package io.parley.message.missed;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import io.parley.message.missed.Ledger.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Does from the log what its node may not have come to: applies events to what follows from them,
 * and decides who is to be told of messages whose first decision is lost, or may be. Who is
 * connected now has them, or fetches them; whoever was told before is not told twice, as
 * notification-service knows a message by its id.
 */
@Component
class OwedMessages {

  /**
   * Of a conversation everything is handed over up to {@code through}.
   *
   * @param isEnd whether nothing is written behind it, as far as the note goes
   */
  record Decided(ConversationId conversation, long through, boolean isEnd) {}

  private static final int PAGE = 200;

  /** Longer runs of seqs without an event are not looked through but waited for. */
  private static final int MAX_UNWRITTEN = 1_000;

  /** Tells those who miss messages that were read from the log. */
  interface Telling {

    /**
     * @throws Exception when somebody may not have been told
     */
    void tell(List<LogEvent> messages) throws Exception;
  }

  private final LogReader reader;
  private final List<LogProjection> projections;
  private final Telling telling;

  OwedMessages(LogReader reader, List<LogProjection> projections, Telling telling) {
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
    List<LogEvent> messages = new ArrayList<>();
    for (Map.Entry<ConversationId, Range> note : notes) {
      decided.add(decide(note.getKey(), note.getValue(), messages));
    }
    telling.tell(messages);
    return decided;
  }

  private Decided decide(ConversationId conversation, Range note, Collection<LogEvent> messages) {
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
    events.stream()
        .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && !event.isDeleted())
        .forEach(messages::add);
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
