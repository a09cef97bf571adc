package io.parley.systemtests.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSocketTest {

  private static final String UPGRADED = "HTTP/1.1 101 Switching Protocols\r\nX: y\r\n\r\n";

  private final List<String> heard = new ArrayList<>();
  private SocketChannel server;
  private LoadSocket client;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client = new LoadSocket(SocketChannel.open(listener.getLocalAddress()), 7, "token");
      server = listener.accept();
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  /** However TCP cuts them up. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 1_000_000})
  void eventsShouldComeOnceEach(int piece) throws IOException {
    String large = "y".repeat(300);
    String huge = "z".repeat(70_000);
    byte[] bytes =
        concat(
            UPGRADED.getBytes(UTF_8),
            frame(0x81, "CONNECTED\nversion:1.2\n\n\0"),
            frame(0x81, "RECEIPT\nreceipt-id:events\n\n\0"),
            frame(0x81, "MESSAGE\nsubscription:0\n\n{\"a\":1}\0"),
            frame(0x89, "ping"),
            frame(0x81, "\n"),
            frame(0x81, "MESSAGE\na:b\n\n" + large + "\0\nMESSAGE\na:b\n\nsecond\0\n"),
            frame(0x81, "MESSAGE\na:b\n\n" + huge + "\0"));

    for (int from = 0; from < bytes.length; from += piece) {
      ByteBuffer out = ByteBuffer.wrap(bytes, from, Math.min(piece, bytes.length - from));
      // Loopback holds less than a large piece, so the client reads in between.
      server.configureBlocking(false);
      while (out.hasRemaining()) {
        server.write(out);
        client.read((number, body) -> heard.add(number + " " + body));
      }
    }
    server.shutdownOutput();
    assertThatThrownBy(this::readToTheEnd).hasMessageContaining("ended");

    assertThat(client.subscribed()).isCompletedWithValue(client);
    assertThat(heard).containsExactly("7 {\"a\":1}", "7 " + large, "7 second", "7 " + huge);
  }

  @Test
  void refusalsShouldEndItWithTheirWords() throws IOException {
    server.write(
        ByteBuffer.wrap(
            concat(UPGRADED.getBytes(UTF_8), frame(0x81, "ERROR\nmessage:unauthenticated\n\n\0"))));

    assertThatThrownBy(this::readToTheEnd).hasMessageContaining("unauthenticated");
  }

  @Test
  void anotherAnswerThanAnUpgradeShouldEndIt() throws IOException {
    server.write(ByteBuffer.wrap("HTTP/1.1 503 Later\r\n\r\n".getBytes(UTF_8)));

    assertThatThrownBy(this::readToTheEnd).hasMessageContaining("503 Later");
  }

  private void readToTheEnd() throws IOException {
    while (true) {
      client.read((number, body) -> heard.add(number + " " + body));
    }
  }

  private static byte[] frame(int first, String text) {
    byte[] payload = text.getBytes(UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) payload.length);
    } else if (payload.length < 65_536) {
      frame.put((byte) 126).putShort((short) payload.length);
    } else {
      frame.put((byte) 127).putLong(payload.length);
    }
    return Arrays.copyOf(frame.put(payload).array(), frame.position());
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(100_000);
    for (byte[] part : parts) {
      all.put(part);
    }
    return Arrays.copyOf(all.array(), all.position());
  }
}
