package io.parley.localstack.store;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CQL native protocol 4 without a driver, a login or pages: one statement after the other, on a
 * node of this machine. Columns are read as text: a statement casts those that are of another type.
 */
final class CqlConnection implements AutoCloseable {
  private static final int WARNING = 0x08;
  private static final int ERROR = 0x00;
  private static final int STARTUP = 0x01;
  private static final int READY = 0x02;
  private static final int QUERY = 0x07;
  private static final int RESULT = 0x08;
  private static final int ROWS = 2;
  private static final int GLOBAL_TABLE = 0x01;
  private static final int FIRST_PARAMETRIZED_TYPE = 0x20;
  static final int CONSISTENCY_ONE = 1;
  static final int CONSISTENCY_ALL = 5;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /**
   * @param patienceMillis for an answer
   */
  CqlConnection(String host, int port, int patienceMillis) throws IOException {
    socket = Requests.connect(host, port);
    socket.setSoTimeout(patienceMillis);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream options = new DataOutputStream(body);
    options.writeShort(1);
    options.writeUTF("CQL_VERSION");
    options.writeUTF("3.0.0");
    request(STARTUP, body.toByteArray(), READY);
  }

  /** The rows of the answer, if it has any; a null is an empty string. */
  List<List<String>> execute(String statement) throws IOException {
    return execute(statement, CONSISTENCY_ONE);
  }

  List<List<String>> execute(String statement, int consistency) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream query = new DataOutputStream(body);
    byte[] text = statement.getBytes(StandardCharsets.UTF_8);
    query.writeInt(text.length);
    query.write(text);
    query.writeShort(consistency);
    query.writeByte(0);
    ByteBuffer answer = ByteBuffer.wrap(request(QUERY, body.toByteArray(), RESULT));
    return answer.getInt() == ROWS ? rows(answer) : List.of();
  }

  private static List<List<String>> rows(ByteBuffer answer) throws IOException {
    int flags = answer.getInt();
    int columns = answer.getInt();
    boolean oneTable = (flags & GLOBAL_TABLE) != 0;
    if (oneTable) {
      skipStrings(answer, 2);
    }
    for (int i = 0; i < columns; i++) {
      skipStrings(answer, oneTable ? 1 : 3);
      if (Short.toUnsignedInt(answer.getShort()) >= FIRST_PARAMETRIZED_TYPE) {
        throw new IOException("a column of the answer is a collection");
      }
    }
    List<List<String>> rows = new ArrayList<>();
    for (int left = answer.getInt(); left > 0; left--) {
      List<String> row = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        byte[] value = new byte[Math.max(0, answer.getInt())];
        answer.get(value);
        row.add(new String(value, StandardCharsets.UTF_8));
      }
      rows.add(row);
    }
    return rows;
  }

  private static void skipStrings(ByteBuffer answer, int count) {
    for (int i = 0; i < count; i++) {
      int length = Short.toUnsignedInt(answer.getShort());
      answer.position(answer.position() + length);
    }
  }

  private byte[] request(int opcode, byte[] body, int expected) throws IOException {
    out.writeInt(0x04000000);
    out.writeByte(opcode);
    out.writeInt(body.length);
    out.write(body);
    out.flush();
    in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    in.readUnsignedShort();
    int answered = in.readUnsignedByte();
    byte[] answer = withoutWarnings(in.readNBytes(in.readInt()), flags);
    if (answered == ERROR) {
      ByteBuffer error = ByteBuffer.wrap(answer, 4, answer.length - 4);
      byte[] message = new byte[Short.toUnsignedInt(error.getShort())];
      error.get(message);
      throw new IOException("Cassandra: " + new String(message, StandardCharsets.UTF_8));
    }
    if (answered != expected) {
      throw new IOException("unexpected CQL answer " + answered);
    }
    return answer;
  }

  /** Native protocol v4, section 2.2: a list of strings before the body proper. */
  private static byte[] withoutWarnings(byte[] body, int flags) {
    if ((flags & WARNING) == 0) {
      return body;
    }
    ByteBuffer rest = ByteBuffer.wrap(body);
    skipStrings(rest, Short.toUnsignedInt(rest.getShort()));
    return Arrays.copyOfRange(body, rest.position(), body.length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
