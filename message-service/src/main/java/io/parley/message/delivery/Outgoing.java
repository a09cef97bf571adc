package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.message.bus.BusEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One event on its way to any number of sockets, encoded once: as a STOMP MESSAGE frame that
 * differs only by the subscription id, and nearly every client calls it the same. Used by one
 * thread at a time; the frames that it gives out may be kept.
 */
public final class Outgoing {

  /** The destination of everything that concerns a user. */
  public static final String EVENTS = "/user/queue/events";

  private static final byte[] START = ascii("MESSAGE\nsubscription:");
  private static final byte[] MESSAGE_ID = ascii("\nmessage-id:");
  private static final byte[] EVENT_HEADERS =
      ascii("\ndestination:" + EVENTS + "\ncontent-type:application/json\ncontent-length:");
  private static final byte[] PASSING_ID_START = ascii("p-");
  private static final AtomicLong PASSING_IDS = new AtomicLong();

  /** Different subscription ids whose frames are kept; with more of them the last are made anew. */
  private static final int KEPT_FRAMES = 8;

  private final byte[] rest;
  private final byte[][] subscriptions = new byte[KEPT_FRAMES][];
  private final byte[][] frames = new byte[KEPT_FRAMES][];
  private int kept;

  private Outgoing(byte[] rest) {
    this.rest = rest;
  }

  /** With which the message ids of a conversation's events start. */
  static byte[] messageIdStart(ConversationId conversation) {
    return ascii(conversation + "-");
  }

  /**
   * An event of a conversation's log, for {@link #EVENTS}.
   *
   * @param messageIdStart as {@link #messageIdStart} gives it
   */
  static Outgoing logged(byte[] messageIdStart, BusEvent event) {
    return of(messageIdStart, event.seq(), event);
  }

  /** What the log does not keep, for {@link #EVENTS}. */
  static Outgoing passing(BusEvent event) {
    return of(PASSING_ID_START, PASSING_IDS.incrementAndGet(), event);
  }

  private static Outgoing of(byte[] messageIdStart, long number, BusEvent event) {
    byte[] id = ascii(Long.toString(number));
    byte[] length = ascii(Integer.toString(event.jsonLength()));
    ByteBuffer rest =
        ByteBuffer.allocate(
            MESSAGE_ID.length
                + messageIdStart.length
                + id.length
                + EVENT_HEADERS.length
                + length.length
                + 2
                + event.jsonLength()
                + 1);
    rest.put(MESSAGE_ID).put(messageIdStart).put(id).put(EVENT_HEADERS);
    rest.put(length).put((byte) '\n').put((byte) '\n');
    event.writeJson(rest);
    return new Outgoing(rest.put((byte) 0).array());
  }

  /**
   * @param destination as the client subscribed to it
   * @param messageId unique for the connection; no octet that STOMP 1.2 would escape
   * @param json the body, UTF-8
   */
  public static Outgoing of(String destination, String messageId, byte[] json) {
    return of(destination, messageId, "application/json", "", json);
  }

  /**
   * @param headers further header lines, each ending in a line feed
   */
  public static Outgoing of(
      String destination, String messageId, String contentType, String headers, byte[] body) {
    byte[] head =
        ascii(
            "\nmessage-id:"
                + messageId
                + "\ndestination:"
                + destination
                + "\ncontent-type:"
                + contentType
                + "\ncontent-length:"
                + body.length
                + '\n');
    byte[] more = headers.getBytes(StandardCharsets.UTF_8);
    byte[] rest = Arrays.copyOf(head, head.length + more.length + 1 + body.length + 1);
    System.arraycopy(more, 0, rest, head.length, more.length);
    rest[head.length + more.length] = '\n';
    System.arraycopy(body, 0, rest, head.length + more.length + 1, body.length);
    return new Outgoing(rest);
  }

  /**
   * @param subscription the client's id, escaped as STOMP 1.2 wants it
   * @return the whole frame; shared, not to be changed
   */
  public byte[] frame(byte[] subscription) {
    for (int i = 0; i < kept; i++) {
      if (Arrays.equals(subscription, subscriptions[i])) {
        return frames[i];
      }
    }
    byte[] frame = Arrays.copyOf(START, START.length + subscription.length + rest.length);
    System.arraycopy(subscription, 0, frame, START.length, subscription.length);
    System.arraycopy(rest, 0, frame, START.length + subscription.length, rest.length);
    if (kept < KEPT_FRAMES) {
      subscriptions[kept] = subscription;
      frames[kept] = frame;
      kept++;
    }
    return frame;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
