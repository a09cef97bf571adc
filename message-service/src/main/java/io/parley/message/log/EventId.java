package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The id of an event, derived from what makes it that event: a repeat has the same id wherever and
 * whenever it turns up (ADR 0002).
 */
public record EventId(UUID value) {

  private static final MessageDigest SHA_256 = sha256();

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The event that an author named with a key of their own, such as a clientMessageId. */
  public static EventId of(ConversationId conversation, UserId author, String key) {
    return new EventId(
        nameBased(conversation.value(), author.value(), key.getBytes(StandardCharsets.UTF_8)));
  }

  static EventId ofVoid(ConversationId conversation, long seq) {
    return of(conversation, new UserId(new UUID(0, 0)), "void " + seq);
  }

  /** A name-based UUID of version 8 (RFC 9562, section 5.8) over SHA-256. */
  public static UUID nameBased(UUID first, UUID second, byte[] name) {
    try {
      MessageDigest sha = (MessageDigest) SHA_256.clone();
      sha.update(bytes(first));
      sha.update(bytes(second));
      ByteBuffer hash = ByteBuffer.wrap(sha.digest(name));
      long high = hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L;
      long low = hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
      return new UUID(high, low);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] bytes() {
    return bytes(value);
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
