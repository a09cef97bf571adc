package io.parley.user.token;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Encrypts private keys for the table: AES-256-GCM under a key derived from the fleet's secret, a
 * fresh 12-byte nonce in front. The key's id is authenticated, so that rows can not be exchanged.
 */
@Component
class KeyWrap {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  KeyWrap(AccessProperties properties) {
    this.key = new SecretKeySpec(ServiceTokens.derive(properties.secret(), "signing-keys"), "AES");
  }

  byte[] wrap(String keyId, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keyId, nonce).doFinal(plain);
      return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws IllegalStateException when the row was wrapped under another secret, or altered
   */
  byte[] unwrap(String keyId, byte[] wrapped) {
    try {
      return cipher(Cipher.DECRYPT_MODE, keyId, Arrays.copyOf(wrapped, NONCE_BYTES))
          .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "Signing key "
              + keyId
              + " can not be unwrapped: is PARLEY_SECRET the one it was made with?",
          e);
    }
  }

  private Cipher cipher(int mode, String keyId, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce), random);
    cipher.updateAAD(keyId.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
