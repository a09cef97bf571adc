package io.parley.localstack.store;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

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

  /**
   * The bulk strings and numbers of an answer that is an array, those of arrays in it included.
   *
   * @param command without spaces in its arguments
   */
  static List<String> redis(int port, String command) throws IOException {
    try (Socket socket = connect("127.0.0.1", port)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> values = new ArrayList<>();
      for (long left = 1; left > 0; left--) {
        String line = in.readLine();
        if (line == null || line.startsWith("-")) {
          throw new IOException(command + " was answered " + line);
        }
        switch (line.charAt(0)) {
          case '*' -> left += Math.max(0, Integer.parseInt(line.substring(1)));
          case '$' -> values.add(line.equals("$-1") ? "" : in.readLine());
          default -> values.add(line.substring(1));
        }
      }
      return values;
    }
  }

  /** The body. Any answer but 200 is none. */
  static String httpGet(String url, String credentials) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    connection.setRequestProperty("Authorization", "Basic " + basic);
    try {
      if (connection.getResponseCode() != 200) {
        throw new IOException("HTTP status " + connection.getResponseCode());
      }
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      connection.disconnect();
    }
  }

  static void cqlQuery(String host, int port) throws IOException {
    try (CqlConnection connection = new CqlConnection(host, port, TIMEOUT_MILLIS)) {
      connection.execute("SELECT key FROM system.local");
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
