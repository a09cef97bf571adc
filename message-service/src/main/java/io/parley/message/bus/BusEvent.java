package io.parley.message.bus;

import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What travels on the bus: the seq in ASCII, a line feed, the event's JSON in UTF-8. The JSON is
 * what clients get, so that no node has to parse or build it again, and the bytes that came are
 * kept as they are.
 */
public final class BusEvent {

  /** The type of {@link #head}. */
  public static final String HEAD = "HEAD";

  private static final String HEAD_START = "{\"type\":\"" + HEAD + "\",\"seq\":";
  private static final byte[] TYPE = "{\"type\":\"".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] TARGET = ",\"target\":".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] USER = ",\"userId\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int UUID_LENGTH = 36;

  private final long seq;
  private final byte[] bytes;
  private final int jsonStart;

  private BusEvent(long seq, byte[] bytes, int jsonStart) {
    this.seq = seq;
    this.bytes = bytes;
    this.jsonStart = jsonStart;
  }

  public static BusEvent of(long seq, String json) {
    String head = Long.toString(seq);
    return new BusEvent(
        seq, (head + '\n' + json).getBytes(StandardCharsets.UTF_8), head.length() + 1);
  }

  /** An event that the log does not keep: typing, read markers, hints. */
  public static BusEvent passing(String json) {
    return of(0, json);
  }

  /** Tells the nodes, and no client, that the log has events up to this seq. */
  static BusEvent head(long seq) {
    return passing(HEAD_START + seq + '}');
  }

  /** The seq of a {@link #head}. */
  public long hintedHead() {
    String json = new String(bytes, jsonStart, jsonLength(), StandardCharsets.US_ASCII);
    return Long.parseLong(json.substring(HEAD_START.length(), json.length() - 1));
  }

  /** The event's place in its conversation's log; 0 for what is not in the log. */
  public long seq() {
    return seq;
  }

  public boolean isPassing() {
    return seq == 0;
  }

  /** Whether the JSON is of this type; the type is always its first member. */
  public boolean isType(String type) {
    int start = jsonStart + TYPE.length;
    int end = start + type.length();
    if (end >= bytes.length
        || bytes[end] != '"'
        || !Arrays.equals(bytes, jsonStart, start, TYPE, 0, TYPE.length)) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (bytes[i] != type.charAt(i - start)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The seq of the message that the event is about, for types that have a target; it is the first
   * member after those that all events have, so no text of a user's comes before it.
   */
  public long target() {
    int start = indexOf(TARGET);
    long target = 0;
    for (int i = start; start >= 0 && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      target = target * 10 + (bytes[i] - '0');
    }
    return target;
  }

  /** The user whom a passing event is about; null when it names none. */
  public @Nullable UserId user() {
    int start = indexOf(USER);
    return start < 0
        ? null
        : UserId.valueOf(new String(bytes, start, UUID_LENGTH, StandardCharsets.US_ASCII));
  }

  /** The same event without what it says of its target. */
  public BusEvent withoutContent() {
    int end = indexOf(TARGET);
    while (bytes[end] >= '0' && bytes[end] <= '9') {
      end++;
    }
    return of(
        seq,
        new String(bytes, jsonStart, end - jsonStart, StandardCharsets.UTF_8)
            + LogEvent.WITHOUT_CONTENT);
  }

  /** Where what follows begins; -1 when it is not there. */
  private int indexOf(byte[] wanted) {
    for (int i = jsonStart; i <= bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i + wanted.length;
      }
    }
    return -1;
  }

  /** A copy. */
  public byte[] json() {
    return Arrays.copyOfRange(bytes, jsonStart, bytes.length);
  }

  public int jsonLength() {
    return bytes.length - jsonStart;
  }

  public void writeJson(ByteBuffer to) {
    to.put(bytes, jsonStart, bytes.length - jsonStart);
  }

  /** Shared, not to be changed. */
  byte[] encode() {
    return bytes;
  }

  /**
   * @param bytes kept, not to be changed any more
   */
  static BusEvent decode(byte[] bytes) {
    long seq = 0;
    int i = 0;
    for (; bytes[i] != '\n'; i++) {
      seq = seq * 10 + (bytes[i] - '0');
    }
    return new BusEvent(seq, bytes, i + 1);
  }
}
