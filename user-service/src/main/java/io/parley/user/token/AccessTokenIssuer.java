package io.parley.user.token;

import io.jsonwebtoken.Jwts;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Signs what {@link AccessTokens} verifies. */
@Service
public class AccessTokenIssuer {

  private final SigningKeys keys;
  private final TokenProperties properties;
  private final Clock clock;

  AccessTokenIssuer(SigningKeys keys, TokenProperties properties, Clock clock) {
    this.keys = keys;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * @param username shown to others with what the user does, until the token ends
   * @param sessionId the login that the token belongs to
   */
  public Issued issue(
      UserId user, String username, UUID sessionId, SystemRole role, Set<Scope> scopes) {
    SigningKeys.Pair key = keys.current();
    Instant now = clock.instant();
    String token =
        Jwts.builder()
            .header()
            .type(AccessTokens.TYPE)
            .keyId(key.id())
            .and()
            .issuer(AccessTokens.ISSUER)
            .audience()
            .single(AccessTokens.AUDIENCE)
            .subject(user.toString())
            .claim("name", username)
            .claim("sid", sessionId.toString())
            .claim("role", role.value())
            .claim("scope", Scope.format(scopes))
            .issuedAt(Date.from(now))
            .expiration(Date.from(now.plus(properties.accessLife())))
            .id(UUID.randomUUID().toString())
            .signWith(key.privateKey(), Jwts.SIG.ES256)
            .compact();
    return new Issued(token, properties.accessLife());
  }

  /** An access token and how long it is good for. */
  public record Issued(String token, Duration life) {}
}
