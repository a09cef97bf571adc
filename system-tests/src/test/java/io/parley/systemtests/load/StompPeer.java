package io.parley.systemtests.load;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A server that the driver's sockets can talk to. What it answers to a frame is the test's. */
final class StompPeer implements AutoCloseable {

  /** One connection. */
  static final class Line {
    private final OutputStream out;

    private Line(OutputStream out) {
      this.out = out;
    }

    /** A STOMP frame, without its NUL. Of less than 126 bytes. */
    synchronized void say(String frame) {
      byte[] payload = (frame + "\0").getBytes(StandardCharsets.US_ASCII);
      byte[] bytes = new byte[payload.length + 2];
      bytes[0] = (byte) 0x81;
      bytes[1] = (byte) payload.length;
      System.arraycopy(payload, 0, bytes, 2, payload.length);
      try {
        out.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final BiConsumer<Line, String> answers;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /**
   * @param answers is given each frame that comes
   */
  StompPeer(BiConsumer<Line, String> answers) throws IOException {
    this.answers = answers;
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) in.readUnsignedByte());
      }
      OutputStream out = socket.getOutputStream();
      out.write("HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Line line = new Line(out);
      while (true) {
        in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7F;
        length = length == 126 ? in.readUnsignedShort() : length;
        in.skipNBytes(4); // a mask of zeros
        String frame = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        answers.accept(line, frame.replace("\0", ""));
      }
    } catch (EOFException | SocketException e) {
      // the client is gone
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
