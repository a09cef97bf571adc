package io.parley.localstack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The fields of one message in the wire format of Protocol Buffers, without its schema. */
final class Protobuf {

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  /** Field number → its values: a Long or a byte[]. */
  private final Map<Integer, List<Object>> fields = new TreeMap<>();

  Protobuf(byte[] message) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      long tag = varint(buffer);
      Object value =
          switch ((int) (tag & 7)) {
            case VARINT -> varint(buffer);
            case FIXED_64 -> buffer.getLong();
            case FIXED_32 -> (long) buffer.getInt();
            case BYTES -> {
              byte[] bytes = new byte[(int) varint(buffer)];
              buffer.get(bytes);
              yield bytes;
            }
            default -> throw new IllegalArgumentException("not a wire type: " + (tag & 7));
          };
      fields.computeIfAbsent((int) (tag >>> 3), number -> new ArrayList<>()).add(value);
    }
  }

  private static long varint(ByteBuffer buffer) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  boolean has(int field) {
    return fields.containsKey(field);
  }

  /** 0 when it is not there. */
  long number(int field) {
    return fields.getOrDefault(field, List.of(0L)).getLast() instanceof Long number ? number : 0;
  }

  /** Empty when it is not there. */
  byte[] bytes(int field) {
    return fields.getOrDefault(field, List.of(new byte[0])).getLast() instanceof byte[] bytes
        ? bytes
        : new byte[0];
  }

  List<Protobuf> messages(int field) {
    List<Protobuf> messages = new ArrayList<>();
    for (Object value : fields.getOrDefault(field, List.of())) {
      if (value instanceof byte[] bytes) {
        messages.add(new Protobuf(bytes));
      }
    }
    return messages;
  }
}
