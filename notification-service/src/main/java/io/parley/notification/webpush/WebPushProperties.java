package io.parley.notification.webpush;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param enabled off: nothing is pushed, and clients are told that there is no key
 * @param publicKey of VAPID (RFC 8292): a point of P-256, base64url, as {@code npx web-push
 *     generate-vapid-keys} makes them; empty: a pair is made once and kept in PostgreSQL
 * @param privateKey the number that belongs to it, base64url
 * @param subject whom a push service may write to about this server, mailto: or https:. Apple's
 *     refuses pushes without one
 * @param timeout how long a push service may take for its answer
 */
@Validated
@ConfigurationProperties("parley.web-push")
record WebPushProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("") String publicKey,
    @DefaultValue("") String privateKey,
    @DefaultValue("") @Pattern(regexp = "|(mailto:|https://)\\S+") String subject,
    @DefaultValue("10s") @NotNull Duration timeout) {

  @AssertTrue(message = "PARLEY_VAPID_PUBLIC_KEY and PARLEY_VAPID_PRIVATE_KEY go together")
  boolean isPair() {
    return publicKey.isBlank() == privateKey.isBlank();
  }
}
