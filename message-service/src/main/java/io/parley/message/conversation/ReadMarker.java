package io.parley.message.conversation;

/**
 * How far a user has read.
 *
 * @param seq the last event read
 * @param messageCount messages up to that event
 */
public record ReadMarker(long seq, long messageCount) {

  static final ReadMarker NONE = new ReadMarker(0, 0);

  ReadMarker further(ReadMarker other) {
    return other.seq > seq ? other : this;
  }
}
