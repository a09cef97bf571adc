package io.parley.systemtests.load;

import java.nio.charset.StandardCharsets;

/**
 * The JSON of one event as it came, looked into without being parsed: the clients must take little
 * from the servers that they share a machine with. Valid while the listener is called.
 */
final class EventBytes {

  private static final byte[] SEQ = ascii("\"seq\":");

  private final byte[] bytes;
  private final int from;
  private final int to;

  EventBytes(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  boolean contains(byte[] wanted) {
    return indexOf(wanted) >= 0;
  }

  /** What stands behind the first {@code mark}; nothing if it does not occur. */
  EventBytes behind(byte[] mark) {
    int at = indexOf(mark);
    return new EventBytes(bytes, at < 0 ? to : at + mark.length, to);
  }

  /** The event's seq; 0 if it has none. */
  long seq() {
    return Math.max(0, numberBehind(SEQ));
  }

  /** The decimal number right behind {@code mark}; -1 if that does not occur. */
  long numberBehind(byte[] mark) {
    int at = indexOf(mark);
    if (at < 0) {
      return -1;
    }
    long number = 0;
    for (int i = at + mark.length; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      number = number * 10 + bytes[i] - '0';
    }
    return number;
  }

  private int indexOf(byte[] wanted) {
    for (int i = from; i <= to - wanted.length; i++) {
      if (startsAt(i, wanted)) {
        return i;
      }
    }
    return -1;
  }

  private boolean startsAt(int at, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
