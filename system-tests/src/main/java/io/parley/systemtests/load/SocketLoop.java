package io.parley.systemtests.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads all clients' sockets on one thread. */
final class SocketLoop implements AutoCloseable {

  private static final int CONNECTS_AT_ONCE = 20;
  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(30);

  private final Set<LoadSocket> sockets = ConcurrentHashMap.newKeySet();
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private final Selector selector = Selector.open();
  private volatile LoadSocket.Listener listener = (client, body) -> {};

  SocketLoop() throws IOException {
    Thread.ofPlatform().daemon().name("sockets").start(this::run);
  }

  /** From now on this one is told what comes. */
  void tell(LoadSocket.Listener next) {
    listener = next;
  }

  /**
   * Opens {@code count} sockets for these users in turn, and returns when each is subscribed.
   *
   * @param target {@code http://host:port}
   * @return by the client's number
   */
  List<LoadSocket> connect(URI target, List<User> users, int count)
      throws IOException, InterruptedException {
    return connect(target, users, count, 0);
  }

  /**
   * @param first the number of the first client
   */
  List<LoadSocket> connect(URI target, List<User> users, int count, int first)
      throws IOException, InterruptedException {
    Semaphore free = new Semaphore(CONNECTS_AT_ONCE);
    List<CompletableFuture<LoadSocket>> connects = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        if (!free.tryAcquire(CONNECTS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
          throw new IOException("nobody answers at " + target);
        }
        connects.add(
            connect(target, first + i, users.get(i % users.size()).accessToken())
                .whenComplete((socket, failure) -> free.release()));
      }
      List<LoadSocket> connected = new ArrayList<>();
      for (CompletableFuture<LoadSocket> connect : connects) {
        connected.add(connect.get(CONNECTS_WITHIN.toSeconds(), TimeUnit.SECONDS));
      }
      return connected;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("a client could not connect", e);
    }
  }

  /** Opens one; from any thread. */
  CompletableFuture<LoadSocket> connect(URI target, int client, String token) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(target.getHost(), target.getPort()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    LoadSocket socket = new LoadSocket(channel, client, token);
    sockets.add(socket);
    channel.register(selector, SelectionKey.OP_READ, socket);
    selector.wakeup();
    socket.upgrade(target.getAuthority());
    return socket.subscribed();
  }

  /** Closes these without a word, as if their network were gone. */
  void drop(List<LoadSocket> gone) {
    gone.forEach(LoadSocket::close);
    gone.forEach(sockets::remove);
    selector.wakeup(); // closes what is registered with it
  }

  /** What ended sockets that nobody here closed, one line each. */
  List<String> ends() {
    return ends;
  }

  private void run() {
    try {
      while (true) {
        selector.select(this::read);
      }
    } catch (ClosedSelectorException | IOException e) {
      // closed
    }
  }

  private void read(SelectionKey key) {
    LoadSocket socket = (LoadSocket) key.attachment();
    try {
      socket.read(listener);
    } catch (IOException e) {
      key.cancel();
      if (!socket.isClosed()) {
        ends.add(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      }
      socket.ended(e);
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    sockets.forEach(LoadSocket::close);
  }
}
