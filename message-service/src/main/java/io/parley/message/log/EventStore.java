package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log's rows, its epochs and the notices of their openings. Reads and writes meet in a quorum;
 * what {@link #createEpoch}, {@link #openEpoch} and {@link #settleEpoch} do is linearizable. Every
 * method throws a {@link ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface EventStore {

  /** The store was too busy to be asked: nothing is written, and nothing will be. */
  final class NotSent extends ProblemException {

    private static final long serialVersionUID = 1L;

    NotSent() {
      super(CommonProblem.STORE_UNAVAILABLE, "Cassandra is too busy");
    }
  }

  /** The partition of a seq. */
  long bucketOf(long seq);

  /**
   * Durable when it returns. Its time of writing is the event's own, so that a repeat that comes
   * late does not undo {@link #overwrite}.
   *
   * @throws NotSent when it was not even tried
   */
  void insert(LogEvent event);

  /**
   * As the other, for several of one conversation: none of them is written before those that are
   * ahead of it in the list.
   *
   * @throws NotSent when none was even tried
   */
  default void insert(List<LogEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      try {
        insert(events.get(i));
      } catch (NotSent e) {
        throw i == 0 ? e : new ProblemException(CommonProblem.STORE_UNAVAILABLE);
      }
    }
  }

  /**
   * Puts another content in the place of an event's, wherever its row was written; what was there
   * can not come back.
   *
   * @param deletedSeq as in {@link LogEvent}
   */
  void overwrite(LogEvent event, String payload, long deletedSeq);

  /**
   * Says in a message's row what an EDITED event has made of it. Of several edits the one with the
   * highest seq stays, in whatever order they come; a message that is overwritten stays so.
   *
   * @param message as it was read
   * @param content its payload from now on
   */
  void edit(LogEvent message, long editedSeq, String content);

  /** Notes in a message's row that there are reactions to it. */
  void markReacted(LogEvent message);

  /** The rows at one seq: usually one. */
  List<LogEvent> at(ConversationId conversation, long seq);

  /** The rows at some seqs, in no order. */
  default List<LogEvent> at(ConversationId conversation, Collection<Long> seqs) {
    List<LogEvent> rows = new ArrayList<>();
    seqs.forEach(seq -> rows.addAll(at(conversation, seq)));
    return rows;
  }

  /** Rows with {@code from <= seq}, oldest first, of the bucket of {@code from} only. */
  List<LogEvent> from(ConversationId conversation, long from, int limit);

  /** Rows of one bucket with {@code seq < before}, newest first. */
  List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit);

  /** As {@link #from}, with empty payloads: where events stand, not what they say. */
  List<LogEvent> placesFrom(ConversationId conversation, long from, int limit);

  /** As {@link #before}, with empty payloads. */
  List<LogEvent> placesBefore(ConversationId conversation, long bucket, long before, int limit);

  /**
   * The newest rows of each of some buckets that follow one another, as {@link #placesBefore}; the
   * buckets in their order. They may be read at different moments.
   */
  List<List<LogEvent>> newestPlaces(
      ConversationId conversation, long bucket, int buckets, int limit);

  /** Null before the first event. */
  @Nullable LogEpoch epoch(ConversationId conversation);

  /** Makes its first epoch, settled, when the conversation has none. */
  boolean createEpoch(ConversationId conversation, int first);

  /** From here on no event of an older epoch can be acknowledged, but by a lease. */
  boolean openEpoch(ConversationId conversation, int opening, int previous);

  boolean settleEpoch(ConversationId conversation, LogEpoch settled, int previousEpoch);

  /** Notes that everything up to {@code seq} was read without a gap. The highest note stays. */
  void noteWhole(ConversationId conversation, long seq);

  /**
   * Notes that a node has begun to open an epoch. The highest note of a node stays, for a day.
   *
   * @param micros since 1970; grows with each note of the node
   */
  void noteOpening(UUID node, long micros);

  /** The note of each node that has one. */
  Map<UUID, Long> openings();
}
