package io.parley.localstack;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Stands before a store, so that a test can take the store away from one process only: cut off, or
 * alive and silent.
 */
public final class TcpProxy implements Closeable {

  private final String host;
  private final int port;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private final ReentrantReadWriteLock flow = new ReentrantReadWriteLock();

  private TcpProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public static TcpProxy to(URI store) {
    try {
      return new TcpProxy(store.getHost(), store.getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Resets all connections, and each new one at once. */
  public void cut() {
    cut = true;
    open.forEach(TcpProxy::close);
  }

  public void restore() {
    cut = false;
  }

  /** Connections stay, and new ones are taken, but nothing passes until the answer is closed. */
  public AutoCloseable silence() {
    flow.writeLock().lock();
    return flow.writeLock()::unlock;
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (cut) {
          close(client);
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // The server was closed, or the store is not there: the client sees its connection end.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket store;
    try {
      store = new Socket(host, port);
    } catch (IOException e) {
      close(client);
      throw e;
    }
    open.add(client);
    open.add(store);
    Thread.ofVirtual().start(() -> pump(client, store));
    Thread.ofVirtual().start(() -> pump(store, client));
    if (cut) {
      cut();
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[8192];
      int read = from.getInputStream().read(buffer);
      while (read >= 0) {
        flow.readLock().lock();
        try {
          to.getOutputStream().write(buffer, 0, read);
        } finally {
          flow.readLock().unlock();
        }
        read = from.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // Ends both ways below.
    } finally {
      close(from);
      close(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no more use either way.
    }
  }
}
