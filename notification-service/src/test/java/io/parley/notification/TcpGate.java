package io.parley.notification;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A port before a store. Shut, the store is away: connections break, new ones are refused. */
public final class TcpGate implements AutoCloseable {

  private final InetSocketAddress target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket server;

  public TcpGate(String host, int port) throws IOException {
    this.target = new InetSocketAddress(host, port);
    this.server = listen(0);
    this.port = server.getLocalPort();
  }

  public int port() {
    return port;
  }

  public void shut() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  public void open() throws IOException {
    server = listen(port);
  }

  @Override
  public void close() throws IOException {
    shut();
  }

  private ServerSocket listen(int onPort) throws IOException {
    for (int tries = 1; ; tries++) {
      ServerSocket listening = new ServerSocket();
      try {
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
        Thread.ofVirtual().start(() -> accept(listening));
        return listening;
      } catch (BindException e) {
        // The port is free only when the thread that was accepting on it has noticed.
        listening.close();
        if (tries == 100) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        sockets.add(client);
        Socket store = new Socket();
        sockets.add(store);
        store.connect(target);
        pipe(client, store);
        pipe(store, client);
        if (listening.isClosed()) {
          client.close();
          store.close();
        }
      } catch (IOException e) {
        // Shut, or a connection that broke: the next one is accepted.
        continue;
      }
    }
  }

  private void pipe(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (from;
                  to;
                  InputStream in = from.getInputStream();
                  OutputStream out = to.getOutputStream()) {
                in.transferTo(out);
              } catch (IOException e) {
                // Either end broke; closing both passes it on.
              } finally {
                sockets.remove(from);
                sockets.remove(to);
              }
            });
  }
}
