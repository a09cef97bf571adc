package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies at rest (ADR 0007): what this writes is what Tink reads, under every kind of key. */
class BodyCipherTest {

  private static final byte[] FINGERPRINT_KEY = new byte[32];

  private final EventId event =
      EventId.of(new ConversationId(new UUID(1, 2)), new UserId(new UUID(3, 4)), "key");

  @BeforeAll
  static void register() throws Exception {
    AeadConfig.register();
  }

  private static KeysetHandle keys(Parameters parameters) throws Exception {
    return KeysetHandle.generateNew(parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "a body of some length: gr\u00fc\u00dfe, \ud83d\udc4b"})
  void tinkShouldReadWhatWasEncrypted(String text) throws Exception {
    KeysetHandle keys = keys(PredefinedAeadParameters.AES256_GCM);
    byte[] body = new BodyCipher(keys, FINGERPRINT_KEY).encrypt(event, text);

    Aead tink = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    assertThat(tink.decrypt(body, event.bytes())).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    assertThat(new BodyCipher(keys, FINGERPRINT_KEY).decrypt(event, body)).isEqualTo(text);
  }

  @Test
  void bodiesOfOtherKeysOfTheKeysetShouldDecrypt() throws Exception {
    KeysetHandle old = keys(PredefinedAeadParameters.AES256_GCM);
    byte[] body = new BodyCipher(old, FINGERPRINT_KEY).encrypt(event, "old");
    KeysetHandle rotated =
        KeysetHandle.newBuilder(old)
            .addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES128_EAX)
                    .withRandomId()
                    .makePrimary())
            .build();
    BodyCipher cipher = new BodyCipher(rotated, FINGERPRINT_KEY);
    assertThat(cipher.decrypt(event, body)).isEqualTo("old");
    // A primary key that is not AES-GCM is used by Tink itself.
    assertThat(cipher.decrypt(event, cipher.encrypt(event, "new"))).isEqualTo("new");
  }

  @Test
  void sameTextShouldNeverBeTheSameBody() throws Exception {
    BodyCipher cipher = new BodyCipher(keys(PredefinedAeadParameters.AES256_GCM), FINGERPRINT_KEY);
    assertThat(cipher.encrypt(event, "text")).isNotEqualTo(cipher.encrypt(event, "text"));
  }

  @Test
  void alteredBodyShouldBeRefused() throws Exception {
    BodyCipher cipher = new BodyCipher(keys(PredefinedAeadParameters.AES256_GCM), FINGERPRINT_KEY);
    byte[] body = cipher.encrypt(event, "text");
    byte[] altered = Arrays.copyOf(body, body.length);
    altered[altered.length - 1] ^= 1;
    assertThatThrownBy(() -> cipher.decrypt(event, altered))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void fingerprintShouldTellBodiesApartAndBeStable() throws Exception {
    BodyCipher cipher = new BodyCipher(keys(PredefinedAeadParameters.AES256_GCM), FINGERPRINT_KEY);
    assertThat(cipher.fingerprint("one"))
        .isEqualTo(cipher.fingerprint("one"))
        .hasSize(16)
        .isNotEqualTo(cipher.fingerprint("two"));
  }
}
