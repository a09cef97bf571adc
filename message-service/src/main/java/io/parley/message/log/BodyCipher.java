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
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Bodies at rest: AES-256-GCM by Tink, bound to the event they belong to, so that a body copied
 * into another row does not decrypt. Keys rotate by adding one to the keyset and making it primary.
 */
@Component
class BodyCipher {

  private final Aead aead;
  private final SecretKeySpec fingerprintKey;

  BodyCipher(LogProperties properties, AccessProperties access) throws GeneralSecurityException {
    AeadConfig.register();
    KeysetHandle keys =
        properties.keyset().isBlank()
            ? derived(ServiceTokens.derive(access.secret(), "message-bodies"))
            : TinkJsonProtoKeysetFormat.parseKeyset(
                properties.keyset(), InsecureSecretKeyAccess.get());
    this.aead = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    this.fingerprintKey =
        new SecretKeySpec(
            ServiceTokens.derive(access.secret(), "message-fingerprints"), "HmacSHA256");
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
    try {
      return aead.encrypt(payload.getBytes(StandardCharsets.UTF_8), event.bytes());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(fingerprintKey);
      byte[] hash = mac.doFinal(payload.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 8));
    } catch (InvalidKeyException | java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
