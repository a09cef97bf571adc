package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * What users write beside the log, at rest: encrypted as bodies are ({@link BodyCipher}), and bound
 * to whose it is and what for, so that what is copied into another row does not decrypt.
 */
@Component
public class SealedTexts {

  private static final UUID NONE = new UUID(0, 0);

  private final BodyCipher cipher;

  SealedTexts(BodyCipher cipher) {
    this.cipher = cipher;
  }

  /**
   * @param name what it is among what this user has written for this conversation
   */
  public ByteBuffer seal(UserId owner, ConversationId conversation, String name, String text) {
    return seal(place(owner, conversation.value(), name), text);
  }

  /**
   * @param name what it is among what this user has written for no conversation
   */
  public ByteBuffer seal(UserId owner, String name, String text) {
    return seal(place(owner, NONE, name), text);
  }

  private ByteBuffer seal(EventId place, String text) {
    return ByteBuffer.wrap(cipher.encrypt(place, text));
  }

  /**
   * @param name as it was sealed
   * @throws IllegalStateException when no key fits
   */
  public String open(UserId owner, ConversationId conversation, String name, ByteBuffer sealed) {
    return open(place(owner, conversation.value(), name), sealed);
  }

  /**
   * @param name as it was sealed
   * @throws IllegalStateException when no key fits
   */
  public String open(UserId owner, String name, ByteBuffer sealed) {
    return open(place(owner, NONE, name), sealed);
  }

  private String open(EventId place, ByteBuffer sealed) {
    byte[] bytes = new byte[sealed.remaining()];
    sealed.duplicate().get(bytes);
    return cipher.decrypt(place, bytes);
  }

  /** 16 hex characters by which a text is known again; keyed, so they say nothing of it. */
  public String fingerprint(String text) {
    return cipher.fingerprint(text);
  }

  /** The owner comes first, so it is no event's id. */
  private static EventId place(UserId owner, UUID conversation, String name) {
    return new EventId(
        EventId.nameBased(owner.value(), conversation, name.getBytes(StandardCharsets.UTF_8)));
  }
}
