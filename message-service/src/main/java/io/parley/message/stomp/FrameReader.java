package io.parley.message.stomp;

import io.parley.message.stomp.StompFrame.Command;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames (STOMP 1.2) of the bytes of one client, however its WebSocket messages cut them.
 * What is no frame ends with {@link NotAFrame}, at the first byte that shows it; nothing can be
 * read after that. Reads each byte a bounded number of times, and holds nothing while no frame is
 * begun.
 *
 * <p>Spring's decoder makes a media type of {@code content-type}, which nothing here looks at, and
 * ends the connection for one that is none; nor does it say what was wrong with a frame.
 */
public final class FrameReader {

  private static final int SHOWN_CHARS = 40;
  private static final byte[] NOTHING = new byte[0];

  private final int maxBytes;
  private byte[] bytes = NOTHING;
  private int start;
  private int end;

  /** From where on the end of the present part, head or body, has not been looked for. */
  private int looked;

  private @Nullable StompFrame head;
  private int bodyStart;

  /** Bytes; -1: the body ends with the first NUL. */
  private int bodyLength;

  /**
   * @param maxBytes of one frame
   */
  public FrameReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes what came; {@link #next} has what became whole by it. */
  public void add(ByteBuffer came) {
    int length = came.remaining();
    if (end + length > bytes.length) {
      byte[] wider =
          new byte[end == start ? length : Math.max(length + end - start, 2 * bytes.length)];
      System.arraycopy(bytes, start, wider, 0, end - start);
      bytes = wider;
      looked -= start;
      bodyStart -= start;
      end -= start;
      start = 0;
    }
    came.get(bytes, end, length);
    end += length;
  }

  /**
   * @return null when no further frame is whole; heart-beats are passed over
   */
  public @Nullable StompFrame next() throws NotAFrame {
    if (head == null && !readHead()) {
      return null;
    }
    StompFrame read = head == null ? null : withBody(head);
    if (read != null) {
      head = null;
    } else if (end - start > maxBytes) {
      throw notAFrame("a frame may have " + maxBytes + " bytes");
    }
    return read;
  }

  private boolean readHead() throws NotAFrame {
    skipHeartBeats();
    for (int at = looked; at < end; at++) {
      if (bytes[at] == 0) {
        throw notAFrame(
            at == start ? "a NUL where a command is due" : "no empty line ends the headers");
      }
      if (bytes[at] == '\n' && endsInEmptyLine(at)) {
        head = parseHead(at);
        bodyStart = at + 1;
        looked = bodyStart;
        return true;
      }
    }
    looked = end;
    if (end - start > maxBytes) {
      throw notAFrame("a frame may have " + maxBytes + " bytes");
    }
    return false;
  }

  private void skipHeartBeats() {
    while (start < end && (bytes[start] == '\n' || isCrLf(start))) {
      start += bytes[start] == '\n' ? 1 : 2;
    }
    looked = Math.max(looked, start);
    if (start == end) {
      bytes = NOTHING;
      start = 0;
      end = 0;
      looked = 0;
    }
  }

  private boolean isCrLf(int at) {
    return bytes[at] == '\r' && at + 1 < end && bytes[at + 1] == '\n';
  }

  /** Whether the line feed here ends a line that has nothing in it. */
  private boolean endsInEmptyLine(int at) {
    return at > start
        && (bytes[at - 1] == '\n' || (bytes[at - 1] == '\r' && bytes[at - 2] == '\n'));
  }

  private StompFrame parseHead(int headEnd) throws NotAFrame {
    String[] lines = text(headEnd).split("\n");
    String name = line(lines[0]);
    Command command = command(name);
    // CONNECT is not escaped (STOMP 1.2, "Value Encoding"), for the sake of STOMP 1.0.
    boolean escaped = command != Command.CONNECT && command != Command.STOMP;
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      String line = line(lines[i]);
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw notAFrame("a header line is no name:value: " + shown(line));
      }
      String key = line.substring(0, colon);
      String value = line.substring(colon + 1);
      headers.putIfAbsent(escaped ? resolved(key) : key, escaped ? resolved(value) : value);
    }
    bodyLength = contentLength(headers.get("content-length"));
    return new StompFrame(command, headers, NOTHING);
  }

  private Command command(String name) throws NotAFrame {
    for (Command command : Command.values()) {
      if (command.name().equals(name)) {
        return command;
      }
    }
    throw notAFrame("there is no command " + shown(name));
  }

  private int contentLength(@Nullable String header) throws NotAFrame {
    if (header == null) {
      return -1;
    }
    String digits = header.strip();
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 9
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number) {
      throw notAFrame("content-length is no number of bytes: " + shown(header));
    }
    int length = Integer.parseInt(digits);
    if (length > maxBytes) {
      throw notAFrame("a frame may have " + maxBytes + " bytes");
    }
    return length;
  }

  private @Nullable StompFrame withBody(StompFrame begun) throws NotAFrame {
    int bodyEnd = bodyLength < 0 ? firstNul() : bodyStart + bodyLength;
    if (bodyEnd < 0 || bodyEnd >= end) {
      return null;
    }
    if (bytes[bodyEnd] != 0) {
      throw notAFrame("no NUL follows the " + bodyLength + " bytes that content-length says");
    }
    byte[] body = Arrays.copyOfRange(bytes, bodyStart, bodyEnd);
    start = bodyEnd + 1;
    looked = start;
    return new StompFrame(begun.command(), begun.headers(), body);
  }

  private int firstNul() {
    while (looked < end) {
      if (bytes[looked] == 0) {
        return looked;
      }
      looked++;
    }
    return -1;
  }

  /** STOMP 1.2, "Value Encoding": any other escape is a fatal error. */
  private String resolved(String text) throws NotAFrame {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder resolved = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        resolved.append(c);
        continue;
      }
      i++;
      switch (i < text.length() ? text.charAt(i) : ' ') {
        case '\\' -> resolved.append('\\');
        case 'n' -> resolved.append('\n');
        case 'r' -> resolved.append('\r');
        case 'c' -> resolved.append(':');
        default ->
            throw notAFrame("a header has an escape that STOMP does not know: " + shown(text));
      }
    }
    return resolved.toString();
  }

  private String text(int to) {
    return new String(bytes, start, to - start, StandardCharsets.UTF_8);
  }

  private static String line(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + '…';
  }

  private NotAFrame notAFrame(String why) {
    String receipt = null;
    for (String line : text(Math.min(end, start + maxBytes)).split("\n")) {
      if (line(line).isEmpty()) {
        break;
      }
      if (receipt == null && line.startsWith("receipt:") && line.indexOf('\\') < 0) {
        receipt = line(line).substring("receipt:".length());
      }
    }
    return new NotAFrame(why, receipt);
  }
}
