package io.parley.notification.device;

import com.zerodeplibs.webpush.UserAgentMessageEncryptionKeyInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A browser's {@code PushSubscription} as its {@code toJSON()} gives it.
 *
 * @param endpoint where pushes are posted to; it says who may push, so it is a secret
 * @param expirationTime in milliseconds since 1970, if it ends by itself; not looked at, as the
 *     endpoint says so then
 */
record WebPushSubscription(
    @NotNull String endpoint, @Nullable Double expirationTime, @NotNull @Valid Keys keys) {

  private static final int AUTH_BYTES = 16;

  /**
   * Base64url, with or without padding.
   *
   * @param p256dh a point of P-256, uncompressed
   * @param auth 16 bytes
   */
  record Keys(@NotNull String p256dh, @NotNull String auth) {

    /** A point that is not on the curve would give away what is agreed on. */
    @AssertTrue(message = "must be a point of P-256 and 16 bytes, in base64url")
    @SuppressWarnings("NullAway") // Null is left to NotNull.
    boolean isUsable() {
      if (p256dh == null || auth == null) {
        return true;
      }
      try {
        byte[] secret = bytes(auth);
        UserAgentMessageEncryptionKeyInfo.of(bytes(p256dh), secret);
        return secret.length == AUTH_BYTES;
      } catch (RuntimeException e) {
        return false;
      }
    }

    byte[] point() {
      return bytes(p256dh);
    }

    byte[] secret() {
      return bytes(auth);
    }

    private static byte[] bytes(String base64Url) {
      return Base64.getUrlDecoder().decode(base64Url);
    }
  }
}
