package io.parley.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A WebSocket client by hand: it reads only when told to, and can send what no library would. */
final class RawSocket implements AutoCloseable {

  private final Socket socket = new Socket();

  RawSocket(String url, int receiveBufferBytes) throws IOException {
    URI uri = URI.create(url);
    socket.setReceiveBufferSize(receiveBufferBytes);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    socket
        .getOutputStream()
        .write(
            ("GET /ws HTTP/1.1\r\nHost: "
                    + uri.getAuthority()
                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Protocol: v12.stomp\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      head.write(read());
    }
    if (!head.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 101")) {
      throw new IOException(head.toString(StandardCharsets.US_ASCII));
    }
  }

  private int read() throws IOException {
    int b = socket.getInputStream().read();
    if (b < 0) {
      throw new IOException("closed");
    }
    return b;
  }

  /** One masked text frame. */
  void send(String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x81);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.write(new byte[4]);
    frame.write(payload);
    socket.getOutputStream().write(frame.toByteArray());
  }

  /** Reads until the text has come. */
  void await(String text) throws IOException {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    while (!seen.toString(StandardCharsets.ISO_8859_1).contains(text)) {
      seen.write(read());
    }
  }

  /** Reads what is left; returns when the other side has closed or reset the connection. */
  long drain() {
    long bytes = 0;
    byte[] buffer = new byte[65_536];
    try {
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes += n;
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("still open after 20 s of silence", e);
    } catch (IOException e) {
      // reset: closed as well
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
