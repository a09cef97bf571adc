package io.parley.common.secrets;

import io.parley.common.access.ServiceTokens;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts under a key that is derived from the fleet's secret for one purpose: AES-256-GCM, a
 * fresh 12-byte nonce in front. The context is authenticated, so that what was sealed for one row
 * or message can not be passed off as another's.
 */
public final class Seal {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final String purpose;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param secret base64 of at least 32 bytes
   */
  public Seal(String secret, String purpose) {
    this.key = new SecretKeySpec(ServiceTokens.derive(secret, purpose), "AES");
    this.purpose = purpose;
  }

  public byte[] seal(byte[] plain, String context) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, context, nonce).doFinal(plain);
      return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws IllegalStateException when it was sealed under another secret, for another purpose or
   *     context, or altered
   */
  public byte[] open(byte[] sealed, String context) {
    try {
      return cipher(Cipher.DECRYPT_MODE, context, Arrays.copyOf(sealed, NONCE_BYTES))
          .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(
          purpose
              + " "
              + context
              + " can not be opened: is PARLEY_SECRET the one it was made with?",
          e);
    }
  }

  /** As base64url, for a column or a JSON member. */
  public String sealText(String plain, String context) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(seal(plain.getBytes(StandardCharsets.UTF_8), context));
  }

  /** The reverse of {@link #sealText}. */
  public String openText(String sealed, String context) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(sealed);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(purpose + " " + context + " is not base64url", e);
    }
    return new String(open(bytes, context), StandardCharsets.UTF_8);
  }

  private Cipher cipher(int mode, String context, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce), random);
    cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
