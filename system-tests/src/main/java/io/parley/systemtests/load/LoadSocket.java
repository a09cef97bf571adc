package io.parley.systemtests.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * The WebSocket of one client and the STOMP in it. Frames are masked with 0, which leaves the bytes
 * as they are. It is read by one thread; anybody may send.
 */
final class LoadSocket {

  /** What comes for a client. Called on the reading thread. */
  interface Listener {

    /** A MESSAGE frame. */
    void received(int client, EventBytes body);
  }

  private static final byte[] END_OF_HEADERS = EventBytes.ascii("\n\n");
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int MASKED = 0x80;
  private static final int FINAL = 0x80;

  private final SocketChannel channel;
  private final int client;
  private final String token;
  private final CompletableFuture<LoadSocket> subscribed = new CompletableFuture<>();
  private ByteBuffer in = ByteBuffer.allocate(2048);
  private boolean upgraded;
  private volatile long connectedAt;
  private volatile long subscribedAt;
  private volatile boolean closed;

  /**
   * @param client the number that the listener is told
   */
  LoadSocket(SocketChannel channel, int client, String token) {
    this.channel = channel;
    this.client = client;
    this.token = token;
  }

  /** Done when the server hears this client and the client hears its events. */
  CompletableFuture<LoadSocket> subscribed() {
    return subscribed;
  }

  /** When CONNECTED came, in ns; SUBSCRIBE was on its way by then. */
  long connectedAt() {
    return connectedAt;
  }

  /** When the RECEIPT came, in ns. */
  long subscribedAt() {
    return subscribedAt;
  }

  /** Whether this side has closed it. */
  boolean isClosed() {
    return closed;
  }

  void upgrade(String authority) throws IOException {
    write(
        ByteBuffer.wrap(
            EventBytes.ascii(
                "GET /ws HTTP/1.1\r\nHost: "
                    + authority
                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                    + "\r\nSec-WebSocket-Protocol: v12.stomp"
                    + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")));
  }

  void send(String stompFrame) throws IOException {
    write(frame(TEXT, stompFrame.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * @param payload under 64 kB
   */
  private static ByteBuffer frame(int opcode, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) (FINAL | opcode));
    if (payload.length < 126) {
      frame.put((byte) (MASKED | payload.length));
    } else {
      frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
    }
    return frame.putInt(0).put(payload).flip();
  }

  private synchronized void write(ByteBuffer out) throws IOException {
    channel.write(out);
    if (out.hasRemaining()) {
      close(); // half a frame is out
      throw new IOException("the server leaves a socket buffer full of messages unread");
    }
  }

  /** Takes what has come. An end, however it came, is an exception. */
  void read(Listener listener) throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("ended without a word");
    }
    in.flip();
    while (upgraded ? takeFrame(listener) : takeUpgrade()) {
      // the next one
    }
    in.compact();
    if (!in.hasRemaining()) {
      in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
    }
  }

  private boolean takeUpgrade() throws IOException {
    String head = new String(in.array(), 0, in.limit(), StandardCharsets.ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException(head);
    }
    in.position(end + 4);
    upgraded = true;
    send("CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer " + token + "\n\n\0");
    send("SUBSCRIBE\nid:problems\ndestination:/user/queue/problems\n\n\0");
    send("SUBSCRIBE\nid:sub-0\ndestination:/user/queue/events\nreceipt:events\n\n\0");
    return true;
  }

  private boolean takeFrame(Listener listener) throws IOException {
    int start = in.position();
    int head = 2;
    if (in.remaining() < head) {
      return false;
    }
    long length = in.get(start + 1) & 0x7F;
    if (length >= 126) {
      head = length == 126 ? 4 : 10;
      if (in.remaining() < head) {
        return false;
      }
      length = head == 4 ? in.getShort(start + 2) & 0xFFFF : in.getLong(start + 2);
    }
    if (in.remaining() < head + length) {
      return false;
    }
    int end = start + head + (int) length;
    take(in.get(start) & 0xFF, start + head, end, listener);
    in.position(end);
    return true;
  }

  private void take(int first, int from, int to, Listener listener) throws IOException {
    switch (first) {
      case FINAL | TEXT -> takeStomp(from, to, listener);
      case FINAL | PING -> write(frame(PONG, Arrays.copyOfRange(in.array(), from, to)));
      case FINAL | PONG -> {}
      case FINAL | CLOSE ->
          throw new IOException("closed: " + new EventBytes(in.array(), from, to));
      default -> throw new IOException("a frame of a kind that no server of ours sends: " + first);
    }
  }

  /** Each frame ends in a NUL, which no JSON has inside; the line feeds between are heart-beats. */
  private void takeStomp(int from, int to, Listener listener) throws IOException {
    byte[] bytes = in.array();
    for (int start = from; start < to; start++) {
      if (bytes[start] != '\n') {
        int end = start;
        while (end < to && bytes[end] != 0) {
          end++;
        }
        takeOne(bytes[start], new EventBytes(bytes, start, end), listener);
        start = end;
      }
    }
  }

  private void takeOne(byte first, EventBytes frame, Listener listener) throws IOException {
    switch (first) {
      case 'M' -> listener.received(client, frame.behind(END_OF_HEADERS));
      case 'R' -> {
        subscribedAt = System.nanoTime();
        subscribed.complete(this);
      }
      case 'E' -> throw new IOException(frame.toString());
      case 'C' -> connectedAt = System.nanoTime();
      default -> {}
    }
  }

  /** Says what the end was. */
  void ended(IOException why) {
    subscribed.completeExceptionally(why);
    close();
  }

  void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone all the same
    }
  }
}
