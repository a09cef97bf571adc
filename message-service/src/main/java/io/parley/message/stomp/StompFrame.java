package io.parley.message.stomp;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a client (STOMP 1.2), its escapes resolved.
 *
 * @param headers of a repeated one the first, as STOMP has it
 */
public record StompFrame(Command command, Map<String, String> headers, byte[] body) {

  /** All that a client may send. */
  public enum Command {
    CONNECT,
    STOMP,
    SUBSCRIBE,
    UNSUBSCRIBE,
    SEND,
    ACK,
    NACK,
    BEGIN,
    COMMIT,
    ABORT,
    DISCONNECT
  }

  /** As it came, which an id must go back. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** Without the blanks that many a client puts behind the colon. */
  public @Nullable String word(String name) {
    String value = headers.get(name);
    return value == null ? null : value.strip();
  }

  public @Nullable String receipt() {
    return header("receipt");
  }
}
