package io.parley.common.access;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens with which services call one another's {@code /internal} endpoints: HS256 with the key of
 * that direction ({@link CallKeys}), for one audience, for a minute. They differ from access tokens
 * in key, algorithm, issuer and audience, so neither passes for the other. What a caller may ask
 * for is said by {@link CalledBy}.
 */
public final class ServiceTokens {

  private static final String ISSUER = "parley-fleet";
  private static final Duration LIFE = Duration.ofSeconds(60);

  private final FleetService service;
  private final CallKeys keys;
  private final CallProperties.Tokens tokens;

  /** With what nodes of an earlier build sign and check; null when nothing is said to them. */
  private final @Nullable SecretKey shared;

  private final Clock clock;

  /**
   * With keys that are derived from the fleet's secret.
   *
   * @param secret base64 of at least 32 bytes
   * @param service this service's own name: the only audience that {@link #caller} accepts
   */
  public ServiceTokens(String secret, String service, Clock clock) {
    this(secret, new CallProperties(List.of(), CallProperties.Tokens.OWN), service, clock);
  }

  /**
   * @param secret base64 of at least 32 bytes; empty where the keys of all directions are given
   * @param service this service's own name: the only audience that {@link #caller} accepts
   */
  public ServiceTokens(String secret, CallProperties calls, String service, Clock clock) {
    this.service = FleetService.named(service);
    this.keys = new CallKeys(this.service, calls.keys(), secret);
    this.tokens = calls.tokens();
    this.shared =
        tokens == CallProperties.Tokens.OWN
            ? null
            : Keys.hmacShaKeyFor(derive(secret, "service-tokens"));
    this.clock = clock;
  }

  /** The value of an Authorization header for a call to the named service. */
  public String bearer(String audience) {
    JwtBuilder token =
        Jwts.builder()
            .issuer(ISSUER)
            .subject(service.value())
            .audience()
            .add(audience)
            .and()
            .expiration(Date.from(clock.instant().plus(LIFE)));
    if (tokens == CallProperties.Tokens.SHARED && shared != null) {
      token.signWith(shared, Jwts.SIG.HS256);
    } else {
      CallKeys.CallKey key = keys.signing(FleetService.named(audience));
      token.header().keyId(key.id()).and().signWith(key.key(), Jwts.SIG.HS256);
    }
    return "Bearer " + token.compact();
  }

  /** The service that made this token for this one; null when none did. */
  public @Nullable FleetService caller(String token) {
    try {
      Jws<Claims> jws =
          Jwts.parser()
              .sig()
              .clear()
              .add(Jwts.SIG.HS256)
              .and()
              .keyLocator(this::key)
              .requireIssuer(ISSUER)
              .requireAudience(service.value())
              .clock(() -> Date.from(clock.instant()))
              .build()
              .parseSignedClaims(token);
      FleetService caller = FleetService.of(jws.getPayload().getSubject());
      String keyId = jws.getHeader().getKeyId();
      CallKeys.CallKey key = keyId == null ? null : keys.accepted(keyId);
      return key == null || key.caller() == caller ? caller : null;
    } catch (JwtException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Null for a header that names no known key, which the parser refuses. */
  private @Nullable Key key(Header header) {
    if (!(header instanceof JwsHeader jws)) {
      return null;
    }
    if (jws.getKeyId() == null) {
      return shared;
    }
    CallKeys.CallKey key = keys.accepted(jws.getKeyId());
    return key == null ? null : key.key();
  }

  public boolean isValid(String token) {
    return caller(token) != null;
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
