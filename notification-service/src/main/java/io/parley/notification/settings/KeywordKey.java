package io.parley.notification.settings;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/** Hashes keywords, so that what waits to be matched can not be read. */
@Component
final class KeywordKey {

  static final String PURPOSE = "notification-keyword-hashes";
  static final int HASH_BYTES = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  KeywordKey(AccessProperties access) {
    this.key = new SecretKeySpec(ServiceTokens.derive(access.secret(), PURPOSE), ALGORITHM);
  }

  /** For one thread. */
  Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] hash(Mac mac, byte[] folded) {
    return Arrays.copyOf(mac.doFinal(folded), HASH_BYTES);
  }
}
