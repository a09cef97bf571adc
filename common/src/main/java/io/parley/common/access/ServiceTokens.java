package io.parley.common.access;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens with which services call one another's {@code /internal} endpoints: HS256 with a key that
 * is derived from the fleet's secret, for one audience, for a minute. They differ from access
 * tokens in key, algorithm, issuer and audience, so neither passes for the other.
 */
public final class ServiceTokens {

  private static final String ISSUER = "parley-fleet";
  private static final Duration LIFE = Duration.ofSeconds(60);

  private final SecretKey key;
  private final String service;
  private final Clock clock;

  /**
   * @param secret base64 of at least 32 bytes
   * @param service this service's own name: the only audience that {@link #isValid} accepts
   */
  public ServiceTokens(String secret, String service, Clock clock) {
    this.key = Keys.hmacShaKeyFor(derive(secret, "service-tokens"));
    this.service = service;
    this.clock = clock;
  }

  /** The value of an Authorization header for a call to the named service. */
  public String bearer(String audience) {
    return "Bearer "
        + Jwts.builder()
            .issuer(ISSUER)
            .subject(service)
            .audience()
            .add(audience)
            .and()
            .expiration(Date.from(clock.instant().plus(LIFE)))
            .signWith(key, Jwts.SIG.HS256)
            .compact();
  }

  public boolean isValid(String token) {
    try {
      Jwts.parser()
          .sig()
          .clear()
          .add(Jwts.SIG.HS256)
          .and()
          .verifyWith(key)
          .requireIssuer(ISSUER)
          .requireAudience(service)
          .clock(() -> Date.from(clock.instant()))
          .build()
          .parseSignedClaims(token);
      return true;
    } catch (JwtException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * A 32-byte key for one purpose, derived from the fleet's secret (HMAC-SHA256 of the purpose, as
   * in the expand step of RFC 5869 for a uniformly random secret).
   *
   * @throws IllegalArgumentException when the secret is not base64 of at least 32 bytes
   */
  public static byte[] derive(String secret, String purpose) {
    byte[] bytes = Base64.getDecoder().decode(secret);
    if (bytes.length < 32) {
      throw new IllegalArgumentException("parley.access.secret must hold at least 32 bytes");
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
      mac.update(purpose.getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(new byte[] {1});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
