package io.parley.message.conversation;

/**
 * How far a user has read.
 *
 * @param seq the last event read; what is behind it is unread
 * @param messageCount messages up to that event
 * @param turn how often the user has moved it back. In a turn it only moves forward
 * @param furthest where it was before it was moved back, or {@code seq}: what others see
 */
public record ReadMarker(long seq, long messageCount, int turn, long furthest) {

  /** A log has fewer events than this; turns come before them. */
  private static final int TURN_SHIFT = 40;

  public static final ReadMarker NONE = new ReadMarker(0, 0, 0, 0);

  /** Grows whenever the marker is moved, back as well. */
  public long place() {
    return ((long) turn << TURN_SHIFT) + seq;
  }

  /** The same marker, further on. */
  public ReadMarker at(long newSeq, long newMessageCount) {
    return new ReadMarker(newSeq, newMessageCount, turn, Math.max(furthest, newSeq));
  }

  /** The marker where the user wants to go on reading; others are not told. */
  public ReadMarker backAt(long newSeq, long newMessageCount) {
    return new ReadMarker(newSeq, newMessageCount, turn + 1, furthest);
  }
}
