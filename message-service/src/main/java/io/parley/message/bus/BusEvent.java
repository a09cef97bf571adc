package io.parley.message.bus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What travels on the bus: the seq in ASCII, a line feed, the event's JSON in UTF-8. The JSON is
 * what clients get, so that no node has to parse or build it again.
 *
 * @param seq the event's place in its conversation's log; 0 for what is not in the log
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copied once, on the wire
public record BusEvent(long seq, byte[] json) {

  public static BusEvent of(long seq, String json) {
    return new BusEvent(seq, json.getBytes(StandardCharsets.UTF_8));
  }

  /** An event that the log does not keep: typing, read markers, hints. */
  public static BusEvent passing(String json) {
    return of(0, json);
  }

  public boolean isPassing() {
    return seq == 0;
  }

  /** Whether the JSON is of this type; the type is always its first member. */
  public boolean isType(String type) {
    byte[] start = ("{\"type\":\"" + type + '"').getBytes(StandardCharsets.US_ASCII);
    return json.length > start.length
        && Arrays.equals(json, 0, start.length, start, 0, start.length);
  }

  byte[] encode() {
    byte[] head = (seq + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Arrays.copyOf(head, head.length + json.length);
    System.arraycopy(json, 0, bytes, head.length, json.length);
    return bytes;
  }

  static BusEvent decode(byte[] bytes) {
    long seq = 0;
    int i = 0;
    for (; bytes[i] != '\n'; i++) {
      seq = seq * 10 + (bytes[i] - '0');
    }
    return new BusEvent(seq, Arrays.copyOfRange(bytes, i + 1, bytes.length));
  }
}
