package io.parley.localstack.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Base64;

/**
 * The smallest request to each store that only a working server answers. Written out on the wire,
 * so that a test's class path gets no second set of drivers. Each throws when there is no proper
 * answer.
 */
final class Requests {
  private static final int TIMEOUT_MILLIS = 5_000;

  private Requests() {}

  static void query(String jdbcUrl, String user, String password) throws IOException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  static void ping(String host, int port) throws IOException {
    try (Socket socket = connect(host, port)) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      // While it loads its data the answer is "-LOADING …".
      expect("+PONG", socket.getInputStream().readNBytes(5));
    }
  }

  /** AMQP 0-9-1, section 2.2.4: the server answers the protocol header with Connection.Start. */
  static void amqpHandshake(String host, int port) throws IOException {
    try (Socket socket = connect(host, port)) {
      socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int frameType = in.readUnsignedByte();
      in.readUnsignedShort();
      in.readInt();
      int method = in.readInt();
      if (frameType != 1 || method != (10 << 16 | 10)) {
        throw new IOException("no AMQP 0-9-1 server");
      }
    }
  }

  /** Any answer but 200 is none. */
  static void httpGet(String url, String credentials) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    connection.setRequestProperty("Authorization", "Basic " + basic);
    try {
      if (connection.getResponseCode() != 200) {
        throw new IOException("HTTP status " + connection.getResponseCode());
      }
    } finally {
      connection.disconnect();
    }
  }

  /** CQL native protocol 4: STARTUP, then a query of the node's own table. */
  static void cqlQuery(String host, int port) throws IOException {
    try (Socket socket = connect(host, port)) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] name = "CQL_VERSION".getBytes(StandardCharsets.US_ASCII);
      byte[] version = "3.0.0".getBytes(StandardCharsets.US_ASCII);
      cqlHeader(out, 0x01, 2 + 2 + name.length + 2 + version.length);
      out.writeShort(1);
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(version.length);
      out.write(version);
      expectCql(in, 0x02);
      byte[] query = "SELECT key FROM system.local".getBytes(StandardCharsets.US_ASCII);
      cqlHeader(out, 0x07, 4 + query.length + 2 + 1);
      out.writeInt(query.length);
      out.write(query);
      out.writeShort(1);
      out.writeByte(0);
      expectCql(in, 0x08);
    }
  }

  private static void cqlHeader(DataOutputStream out, int opcode, int length) throws IOException {
    out.writeByte(4);
    out.writeByte(0);
    out.writeShort(0);
    out.writeByte(opcode);
    out.writeInt(length);
  }

  private static void expectCql(DataInputStream in, int opcode) throws IOException {
    in.readInt();
    int answered = in.readUnsignedByte();
    in.skipNBytes(in.readInt());
    if (answered != opcode) {
      throw new IOException("unexpected CQL answer " + answered);
    }
  }

  private static void expect(String answer, byte[] received) throws IOException {
    if (!Arrays.equals(answer.getBytes(StandardCharsets.US_ASCII), received)) {
      throw new IOException("answered " + new String(received, StandardCharsets.US_ASCII));
    }
  }

  static Socket connect(String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
