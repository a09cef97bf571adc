package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Nodes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node's own edge, byte by byte: what it answers to upgrade requests, and how it closes. */
class HandshakeIT {

  private static final String REQUEST =
      "GET /ws HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;

  private static Socket send(String request) throws IOException {
    Socket socket = new Socket("127.0.0.1", Nodes.A.port());
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        throw new EOFException("in the head: " + head);
      }
      head.append((char) b);
    }
    return head.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Extensions: permessage-deflate",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        "Sec-WebSocket-Extensions: permessage-deflate;server_max_window_bits=10",
        "Sec-WebSocket-Extensions: permessage-deflate; unknown=1; client_max_window_bits=99",
        "Sec-WebSocket-Extensions: x-webkit-deflate-frame, identity, @fragment",
        "Sec-WebSocket-Extensions: ;;,=",
        "Origin: http://a|b",
        "Origin: null",
      })
  void socketShouldOpenWithoutExtensionsForAnyOrigin(String header) throws Exception {
    try (Socket socket = send(REQUEST + header + "\r\n\r\n")) {
      assertThat(head(socket))
          .startsWith("HTTP/1.1 101 ")
          .doesNotContainIgnoringCase("sec-websocket-extensions");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host: node\r\n", "Host: other\r\n", "Bad header\r\n", "A\0b: c\r\n"})
  void whatIsNoHttpShouldBeAProblem(String header) throws Exception {
    try (Socket socket = send(REQUEST + header + "\r\n")) {
      assertThat(head(socket))
          .startsWith("HTTP/1.1 400 ")
          .containsIgnoringCase("content-type: application/problem+json");
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("/invalid-request");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1>HTTP/1.0", "Version: 13>Version: 12", "websocket>h2c"})
  void whatIsNoUpgradeShouldBeAnswered(String change) throws Exception {
    String[] parts = change.split(">");
    try (Socket socket = send(REQUEST.replace(parts[0], parts[1]) + "\r\n")) {
      assertThat(head(socket)).matches("(?s)HTTP/1\\.[01] 4(00|26) .*");
    }
  }

  private static byte[] frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) TEXT);
    if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    // A mask of zeros.
    frame.putInt(0).put(payload);
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  private static byte[] read(DataInputStream in, int opcode) throws IOException {
    assertThat(in.readUnsignedByte()).isEqualTo(opcode);
    int length = in.readUnsignedByte();
    byte[] payload = new byte[length == 126 ? in.readUnsignedShort() : length];
    in.readFully(payload);
    return payload;
  }

  /** A node that is done does not wait for the rest; what it said must be there all the same. */
  private static void write(Socket socket, byte[] frames) throws IOException {
    try {
      socket.getOutputStream().write(frames);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("pipe");
    }
  }

  private static void assertClosed(Socket socket, int code) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    assertThat(ByteBuffer.wrap(read(in, CLOSE)).getShort() & 0xffff).isEqualTo(code);
    // The end, not a reset, though the node has read little of what it was sent.
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void lastWordsShouldReachAClientThatIsStillSending() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = send(REQUEST + "\r\n")) {
        assertThat(head(socket)).startsWith("HTTP/1.1 101 ");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(frame("NONSENSE\n\n\0"));
        for (int j = 0; j < 20; j++) {
          all.writeBytes(frame("SEND\n\n" + "x".repeat(3_000) + '\0'));
        }
        write(socket, all.toByteArray());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        assertThat(new String(read(in, TEXT), StandardCharsets.UTF_8)).startsWith("ERROR\n");
        assertClosed(socket, 1002);
      }
    }
  }

  @Test
  void closeCodeShouldReachAClientOfAMessageThatIsTooLong() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = send(REQUEST + "\r\n")) {
        assertThat(head(socket)).startsWith("HTTP/1.1 101 ");
        write(socket, frame("x".repeat(500_000)));
        assertClosed(socket, 1009);
      }
    }
  }
}
