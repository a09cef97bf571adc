package io.parley.message.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes the frames of STOMP 1.2 that are not events. */
public final class StompFrames {

  public static final byte[] HEARTBEAT = {'\n'};

  private StompFrames() {}

  public static byte[] frame(String command, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(command).append('\n');
    // CONNECTED is not escaped (STOMP 1.2, "Value Encoding"), for the sake of STOMP 1.0.
    boolean escaped = !command.equals("CONNECTED");
    headers.forEach(
        (name, value) ->
            head.append(name).append(':').append(escaped ? escape(value) : value).append('\n'));
    if (body.length > 0) {
      head.append("content-length:").append(body.length).append('\n');
    }
    byte[] start = head.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[start.length + body.length + 1];
    System.arraycopy(start, 0, frame, 0, start.length);
    System.arraycopy(body, 0, frame, start.length, body.length);
    return frame;
  }

  /** STOMP 1.2, "Value Encoding". */
  public static String escape(String value) {
    StringBuilder escaped = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> escaped.append("\\\\");
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case ':' -> escaped.append("\\c");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
