package io.parley.systemtests.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Many STOMP clients on one thread, as cheap as can be, so that they take little from the servers
 * they share the machine with: frames are counted, not parsed.
 */
final class LoadSockets implements AutoCloseable {

  private static final byte[] MESSAGE = ascii("{\"type\":\"MESSAGE\"");
  private static final byte[] ACK = ascii("{\"type\":\"ACK\"");
  private static final byte[] RECEIPT = ascii("RECEIPT");
  private static final int PING = 9;
  private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};
  private static final byte[] ERROR = ascii("ERROR");

  /** One client. */
  final class Client {

    private final SocketChannel channel;
    private ByteBuffer in = ByteBuffer.allocate(2048);
    private boolean upgraded;
    private volatile boolean subscribed;

    /** Called for each ACK, on the reading thread. */
    volatile Consumer<Client> onAck = client -> {};

    private Client(SocketChannel channel) {
      this.channel = channel;
    }

    void send(String frame) {
      byte[] payload = frame.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 8);
      bytes.write(0x81);
      if (payload.length < 126) {
        bytes.write(0x80 | payload.length);
      } else {
        bytes.write(0x80 | 126);
        bytes.write(payload.length >> 8);
        bytes.write(payload.length);
      }
      bytes.writeBytes(new byte[4]);
      bytes.writeBytes(payload);
      write(bytes.toByteArray());
    }

    private synchronized void write(byte[] bytes) {
      ByteBuffer out = ByteBuffer.wrap(bytes);
      try {
        while (out.hasRemaining()) {
          channel.write(out);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void read() throws IOException {
      int n = channel.read(in);
      if (n < 0) {
        channel.close();
        closed.incrementAndGet();
        return;
      }
      in.flip();
      while (consumeOne()) {
        // the next frame
      }
      in.compact();
      if (!in.hasRemaining()) {
        in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
      }
    }

    private boolean consumeOne() {
      if (!upgraded) {
        int end = indexOf(in, ascii("\r\n\r\n"), in.position(), in.limit());
        if (end < 0) {
          return false;
        }
        in.position(end + 4);
        upgraded = true;
        return true;
      }
      int start = in.position();
      if (in.remaining() < 2) {
        return false;
      }
      int length = in.get(start + 1) & 0x7F;
      int head = 2;
      if (length == 126) {
        if (in.remaining() < 4) {
          return false;
        }
        length = in.getShort(start + 2) & 0xFFFF;
        head = 4;
      }
      if (in.remaining() < head + length) {
        return false;
      }
      if ((in.get(start) & 0x0F) == PING) {
        write(PONG);
      } else {
        received(start + head, start + head + length);
      }
      in.position(start + head + length);
      return true;
    }

    private void received(int from, int to) {
      if (startsWith(in, RECEIPT, from, to)) {
        subscribed = true;
      } else if (startsWith(in, ERROR, from, to)) {
        errors.incrementAndGet();
      } else {
        int body = indexOf(in, ascii("\n\n"), from, to) + 2;
        if (startsWith(in, MESSAGE, body, to)) {
          deliveries.incrementAndGet();
        } else if (startsWith(in, ACK, body, to)) {
          onAck.accept(this);
        }
      }
    }
  }

  final AtomicLong deliveries = new AtomicLong();
  final AtomicLong errors = new AtomicLong();
  final AtomicLong closed = new AtomicLong();
  private final List<Client> clients = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
  private volatile boolean running = true;

  LoadSockets() throws IOException {
    thread.start();
  }

  /** Connected and subscribed when it returns. */
  Client connect(URI target, String token) throws IOException, InterruptedException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(new InetSocketAddress(target.getHost(), target.getPort()));
    channel.configureBlocking(false);
    Client client = new Client(channel);
    client.write(
        ascii(
            "GET /ws HTTP/1.1\r\nHost: "
                + target.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    selector.wakeup();
    channel.register(selector, SelectionKey.OP_READ, client);
    while (!client.upgraded) {
      Thread.sleep(1);
    }
    client.send(
        "CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer " + token + "\n\n\0");
    client.send("SUBSCRIBE\nid:sub-0\ndestination:/user/queue/events\nreceipt:s\n\n\0");
    for (int i = 0; !client.subscribed; i++) {
      Thread.sleep(1);
      if (i > 30_000 || errors.get() > 0) {
        throw new IOException("no receipt; errors " + errors + ", closed " + closed);
      }
    }
    clients.add(client);
    return client;
  }

  private void run() {
    while (running) {
      try {
        selector.select(
            key -> {
              Client client = (Client) key.attachment();
              try {
                client.read();
              } catch (IOException e) {
                key.cancel();
                closed.incrementAndGet();
              }
            },
            100);
        Thread.onSpinWait();
      } catch (IOException e) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    running = false;
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }

  private static boolean startsWith(ByteBuffer buffer, byte[] wanted, int from, int to) {
    if (to - from < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (buffer.get(from + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(ByteBuffer buffer, byte[] wanted, int from, int to) {
    for (int i = from; i <= to - wanted.length; i++) {
      if (startsWith(buffer, wanted, i, to)) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
