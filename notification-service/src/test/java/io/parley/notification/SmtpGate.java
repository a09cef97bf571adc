package io.parley.notification;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Before an SMTP server, which it lets answer, but for recipients that say what is to happen:
 * {@code rcpt-550-x@…} is refused with that code, {@code rcpt-550-e5_1_1-x@…} with an enhanced
 * status code besides, {@code data-451-2-x@…} twice with that code once the text is to come, and
 * {@code lost-1-x@…} loses the answer to a mail that was taken.
 */
public final class SmtpGate implements Closeable {

  private static final Pattern SCRIPT =
      Pattern.compile("(rcpt|data)-(\\d{3})(?:-(\\d+))?(?:-e(\\d_\\d+_\\d+))?-.*");
  private static final Pattern LOST = Pattern.compile("lost-(\\d+)-.*");

  private final InetSocketAddress target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
  private volatile ServerSocket server;

  public SmtpGate(int targetPort) throws IOException {
    this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
    this.server = listen(0);
    this.port = server.getLocalPort();
  }

  public int port() {
    return port;
  }

  /** How often a mail to this address was tried. */
  public int tries(String recipient) {
    AtomicInteger count = tries.get(recipient);
    return count == null ? 0 : count.get();
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
    for (int attempt = 1; ; attempt++) {
      ServerSocket listening = new ServerSocket();
      try {
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
        Thread.startVirtualThread(() -> accept(listening));
        return listening;
      } catch (BindException e) {
        // The port is free only when the thread that was accepting on it has noticed.
        listening.close();
        if (attempt == 100) {
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
        if (listening.isClosed()) {
          client.close();
        }
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        // Shut, or a connection that broke: the next one is accepted.
        continue;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket backend = new Socket(target.getAddress(), target.getPort())) {
      sockets.add(backend);
      new Conversation(client, backend).run();
      sockets.remove(backend);
    } catch (IOException e) {
      // One of them has gone.
    } finally {
      sockets.remove(client);
    }
  }

  private final class Conversation {

    private final BufferedReader fromClient;
    private final BufferedReader fromServer;
    private final OutputStream toClient;
    private final OutputStream toServer;
    private String recipient = "";

    Conversation(Socket client, Socket backend) throws IOException {
      fromClient = reader(client);
      fromServer = reader(backend);
      toClient = client.getOutputStream();
      toServer = backend.getOutputStream();
    }

    private BufferedReader reader(Socket socket) throws IOException {
      return new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void run() throws IOException {
      answer();
      for (String line = fromClient.readLine(); line != null; line = fromClient.readLine()) {
        String command = line.toUpperCase(Locale.ROOT);
        String refusal = null;
        if (command.startsWith("RCPT TO:")) {
          recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
          tries.computeIfAbsent(recipient, to -> new AtomicInteger()).incrementAndGet();
          refusal = refusal("rcpt");
        } else if (command.equals("DATA")) {
          refusal = refusal("data");
        }
        if (refusal != null) {
          write(toClient, refusal + " scripted, for " + recipient);
          continue;
        }
        write(toServer, line);
        answer();
        if (command.equals("DATA")) {
          text();
          if (isLost()) {
            fromServer.readLine();
            return;
          }
          answer();
        }
      }
    }

    private @Nullable String refusal(String stage) {
      Matcher script = SCRIPT.matcher(recipient);
      if (!script.matches() || !script.group(1).equals(stage)) {
        return null;
      }
      boolean over =
          script.group(3) != null && tries(recipient) > Integer.parseInt(script.group(3));
      String status = script.group(4) == null ? "" : " " + script.group(4).replace('_', '.');
      return over ? null : script.group(2) + status;
    }

    private boolean isLost() {
      Matcher lost = LOST.matcher(recipient);
      return lost.matches() && tries(recipient) <= Integer.parseInt(lost.group(1));
    }

    private void text() throws IOException {
      String line;
      do {
        line = fromClient.readLine();
        if (line == null) {
          throw new IOException("the client has gone");
        }
        write(toServer, line);
      } while (!line.equals("."));
    }

    private void answer() throws IOException {
      String line;
      do {
        line = fromServer.readLine();
        if (line == null) {
          throw new IOException("the server has gone");
        }
        write(toClient, line);
      } while (line.length() > 3 && line.charAt(3) == '-');
    }

    private void write(OutputStream to, String line) throws IOException {
      to.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      to.flush();
    }
  }
}
