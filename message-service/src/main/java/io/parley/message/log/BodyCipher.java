package io.parley.message.log;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Bodies at rest: AES-256-GCM in Tink's wire format, bound to the event they belong to, so that a
 * body copied into another row does not decrypt. Keys rotate by adding one to the keyset and making
 * it primary.
 *
 * <p>Decrypts with Tink. Encrypts with the JDK's cipher where the primary key is AES-GCM: Tink
 * draws its nonces from a thread-local generator, which each new virtual thread would set up anew,
 * for a third of all that message-service did for a message.
 */
@Component
class BodyCipher {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int FINGERPRINT_BYTES = 8;

  private final Aead aead;
  private final @Nullable AesGcmKey primary;
  private final @Nullable SecretKeySpec primaryKey;
  private final SecureRandom nonces = new SecureRandom();
  private final Mac fingerprints;

  @Autowired
  BodyCipher(LogProperties properties, AccessProperties access) throws GeneralSecurityException {
    this(keys(properties, access), ServiceTokens.derive(access.secret(), "message-fingerprints"));
  }

  BodyCipher(KeysetHandle keys, byte[] fingerprintKey) throws GeneralSecurityException {
    this.aead = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    this.primary = keys.getPrimary().getKey() instanceof AesGcmKey key ? key : null;
    this.primaryKey = primary == null ? null : keyOf(primary);
    this.fingerprints = Mac.getInstance("HmacSHA256");
    fingerprints.init(new SecretKeySpec(fingerprintKey, "HmacSHA256"));
  }

  private static KeysetHandle keys(LogProperties properties, AccessProperties access)
      throws GeneralSecurityException {
    AeadConfig.register();
    return properties.keyset().isBlank()
        ? derived(ServiceTokens.derive(access.secret(), "message-bodies"))
        : TinkJsonProtoKeysetFormat.parseKeyset(properties.keyset(), InsecureSecretKeyAccess.get());
  }

  @AccessesPartialKey
  private static SecretKeySpec keyOf(AesGcmKey key) {
    return new SecretKeySpec(key.getKeyBytes().toByteArray(InsecureSecretKeyAccess.get()), "AES");
  }

  @AccessesPartialKey
  private static KeysetHandle derived(byte[] key) throws GeneralSecurityException {
    AesGcmParameters parameters =
        AesGcmParameters.builder()
            .setKeySizeBytes(32)
            .setIvSizeBytes(12)
            .setTagSizeBytes(16)
            .setVariant(AesGcmParameters.Variant.TINK)
            .build();
    AesGcmKey aesKey =
        AesGcmKey.builder()
            .setParameters(parameters)
            .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
            .setIdRequirement(1)
            .build();
    return KeysetHandle.newBuilder()
        .addEntry(KeysetHandle.importKey(aesKey).withFixedId(1).makePrimary())
        .build();
  }

  byte[] encrypt(EventId event, String payload) {
    byte[] plain = payload.getBytes(StandardCharsets.UTF_8);
    try {
      return primary == null || primaryKey == null
          ? aead.encrypt(plain, event.bytes())
          : encrypt(primary.getOutputPrefix().toByteArray(), primaryKey, plain, event.bytes());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tink's output prefix, the nonce, and what AES-GCM makes of the text. */
  private byte[] encrypt(byte[] prefix, SecretKeySpec key, byte[] plain, byte[] associated)
      throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    nonces.nextBytes(nonce);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(associated);
    byte[] sealed =
        Arrays.copyOf(prefix, prefix.length + NONCE_BYTES + cipher.getOutputSize(plain.length));
    System.arraycopy(nonce, 0, sealed, prefix.length, NONCE_BYTES);
    cipher.doFinal(plain, 0, plain.length, sealed, prefix.length + NONCE_BYTES);
    return sealed;
  }

  /**
   * @throws IllegalStateException when no key of the keyset fits
   */
  String decrypt(EventId event, byte[] body) {
    try {
      return new String(aead.decrypt(body, event.bytes()), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the body of event " + event + " can not be decrypted", e);
    }
  }

  /**
   * 16 hex characters by which a repeat with another body is told apart; keyed, so it says nothing.
   */
  String fingerprint(String payload) {
    try {
      // A copy is cheaper than looking the algorithm up, and no thread shares it.
      Mac mac = (Mac) fingerprints.clone();
      byte[] hash = mac.doFinal(payload.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }
}
