package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import org.jspecify.annotations.Nullable;

/**
 * What is between a user and a thread.
 *
 * @param chosen whether the user wants to follow it: said so, or has written in it since; null: has
 *     not said
 * @param chosenAt the timestamp of {@code chosen}
 * @param involvedFrom behind this seq the thread concerns the user, who began it, is named in it or
 *     wrote in it; null: it does not
 * @param readSeq what is behind it is unread; null: the user has not moved the marker
 * @param turn how often the user has moved the marker back
 */
public record Follow(
    ConversationId conversation,
    long root,
    @Nullable Boolean chosen,
    long chosenAt,
    @Nullable Long involvedFrom,
    @Nullable Long readSeq,
    int turn) {

  /** A log has fewer events than this; turns come before them. */
  private static final int TURN_SHIFT = 40;

  /** What a user says twice behind one event has room between that one and the next. */
  private static final int SEQ_SHIFT = 16;

  static Follow none(ConversationId conversation, long root) {
    return new Follow(conversation, root, null, 0, null, null, 0);
  }

  boolean isNone() {
    return chosen == null && involvedFrom == null && readSeq == null;
  }

  /** A word of the user's goes before what has happened. */
  public boolean isFollowed() {
    return chosen == null ? involvedFrom != null : chosen;
  }

  /** Whether the user has moved the marker behind this seq. */
  public boolean hasRead(long seq) {
    return readSeq != null && readSeq >= seq;
  }

  /** The last seq that is read, or not the user's business. */
  public long readTo() {
    if (readSeq != null) {
      return readSeq;
    }
    return involvedFrom == null ? root : involvedFrom;
  }

  /** The timestamp of what a reply says of its author. */
  static long repliedAt(long seq) {
    return seq << SEQ_SHIFT;
  }

  /**
   * The timestamp of what the user says now.
   *
   * @param head the newest event's seq
   */
  long saidAt(long head) {
    return Math.max((head << SEQ_SHIFT) + 1, chosenAt + 1);
  }

  /** Whether a reply of the user's has them follow it: they did not, and have not said so since. */
  boolean hears(long reply) {
    return chosen == null || (!chosen && repliedAt(reply) > chosenAt);
  }

  /**
   * @param reply 0: the user has not replied
   */
  Follow involved(long from, long reply) {
    return new Follow(
        conversation,
        root,
        reply > 0 ? Boolean.TRUE : chosen,
        reply > 0 ? repliedAt(reply) : chosenAt,
        involvedFrom == null ? from : Math.min(involvedFrom, from),
        readSeq,
        turn);
  }

  /** The marker moved forward. */
  Follow readAt(long seq) {
    return new Follow(conversation, root, chosen, chosenAt, involvedFrom, seq, turn);
  }

  /** The marker moved back. */
  Follow backAt(long seq) {
    return new Follow(conversation, root, chosen, chosenAt, involvedFrom, seq, turn + 1);
  }

  /** Grows whenever the marker is moved, back as well. */
  static long place(int turn, long seq) {
    return ((long) turn << TURN_SHIFT) + seq;
  }
}
