package io.parley.message.log;

import io.parley.common.ids.UserId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Texts of users that are kept outside the log: encrypted with the keys of its bodies. */
@Component
public class SealedTexts {

  private static final UUID NONE = new UUID(0, 0);

  private final BodyCipher cipher;

  SealedTexts(BodyCipher cipher) {
    this.cipher = cipher;
  }

  /**
   * @param place where it stands: moved elsewhere it can not be read
   */
  public byte[] seal(UserId owner, String place, String text) {
    return cipher.encrypt(boundTo(owner, place), text);
  }

  /**
   * @throws IllegalStateException when it was not sealed for this place, or its key is gone
   */
  public String open(UserId owner, String place, byte[] sealed) {
    return cipher.decrypt(boundTo(owner, place), sealed);
  }

  private static EventId boundTo(UserId owner, String place) {
    return new EventId(
        EventId.nameBased(owner.value(), NONE, place.getBytes(StandardCharsets.UTF_8)));
  }
}
