package io.parley.message.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One event on its way to any number of sockets, encoded once: as a STOMP MESSAGE frame that
 * differs only by the subscription id, and nearly every client calls it the same.
 */
public final class Outgoing {

  private static final byte[] START = ascii("MESSAGE\nsubscription:");

  private final byte[] rest;
  private byte[] lastSubscription = {};
  private byte[] lastFrame = {};

  private Outgoing(byte[] rest) {
    this.rest = rest;
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
  public synchronized byte[] frame(byte[] subscription) {
    if (lastFrame.length == 0 || !Arrays.equals(subscription, lastSubscription)) {
      byte[] frame = Arrays.copyOf(START, START.length + subscription.length + rest.length);
      System.arraycopy(subscription, 0, frame, START.length, subscription.length);
      System.arraycopy(rest, 0, frame, START.length + subscription.length, rest.length);
      lastSubscription = subscription;
      lastFrame = frame;
    }
    return lastFrame;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
