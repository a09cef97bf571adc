package io.parley.common.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.security.Key;
import java.time.Clock;
import java.util.Date;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies what clients send as a bearer token. Personal tokens are told by their prefix; all
 * others are access tokens: JWTs of type {@code at+jwt} (RFC 9068) signed with ES256 by a key that
 * user-service publishes. No other algorithm is known here, so neither {@code none} nor a public
 * key used as an HMAC secret can pass; keys named in the token's own header (jku, jwk, x5u) are
 * ignored. A token of a session that has ended is refused, whatever its own end.
 */
public final class AccessTokens {

  public static final String ISSUER = "parley";
  public static final String AUDIENCE = "parley";
  public static final String TYPE = "at+jwt";

  private static final int MAX_TOKEN_CHARS = 4096;

  private final AccessKeys keys;
  private final JwtParser parser;
  private final PersonalTokens personalTokens;
  private final Predicate<String> endedSessions;
  private final Clock clock;

  /** A signature costs about 0.2 ms to check; a client sends the same token for minutes. */
  private final Cache<String, Verified> verified =
      Caffeine.newBuilder().maximumSize(20_000).build();

  /** A token is good as long as its key is, whose retirement must not wait for the token's end. */
  private record Verified(Caller caller, String keyId) {}

  /**
   * @param endedSessions true for the id of a session that has ended
   */
  public AccessTokens(
      AccessKeys keys,
      PersonalTokens personalTokens,
      Predicate<String> endedSessions,
      Clock clock) {
    this.keys = keys;
    this.personalTokens = personalTokens;
    this.endedSessions = endedSessions;
    this.clock = clock;
    this.parser =
        Jwts.parser()
            .sig()
            .clear()
            .add(Jwts.SIG.ES256)
            .and()
            .keyLocator(header -> key(keys, header))
            .requireIssuer(ISSUER)
            .requireAudience(AUDIENCE)
            .clock(() -> Date.from(clock.instant()))
            .build();
  }

  /** Null for a header that names no known key, which the parser refuses. */
  private static @Nullable Key key(AccessKeys keys, Header header) {
    return header instanceof JwsHeader jws && jws.getKeyId() != null
        ? keys.key(jws.getKeyId())
        : null;
  }

  /**
   * @return the user the token speaks for
   * @throws ProblemException 401 {@code token-expired} or {@code unauthenticated}; 503 when the
   *     keys can not be had
   */
  public Caller verify(String token) {
    Caller caller =
        token.startsWith(PersonalTokens.PREFIX) ? personalTokens.resolve(token) : verifyJwt(token);
    if (endedSessions.test(caller.sessionId())) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "The session has ended");
    }
    return caller;
  }

  /**
   * Whether {@link #verify} would answer at once, with yes or no: neither a signature is checked
   * nor is anybody asked.
   */
  public boolean isKnown(String token) {
    return token.startsWith(PersonalTokens.PREFIX)
        ? personalTokens.isKnown(token)
        : verified.getIfPresent(token) != null;
  }

  private Caller verifyJwt(String token) {
    Verified known = verified.getIfPresent(token);
    if (known != null) {
      if (!known.caller().expiresAt().isAfter(clock.instant())) {
        throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
      }
      if (keys.key(known.keyId()) == null) {
        verified.invalidate(token);
        throw new ProblemException(CommonProblem.UNAUTHENTICATED);
      }
      return known.caller();
    }
    if (token.length() > MAX_TOKEN_CHARS) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    Verified now = parse(token);
    verified.put(token, now);
    return now.caller();
  }

  private Verified parse(String token) {
    try {
      Jws<Claims> jws = parser.parseSignedClaims(token);
      Claims claims = jws.getPayload();
      String name = claims.get("name", String.class);
      String session = claims.get("sid", String.class);
      String scope = claims.get("scope", String.class);
      String role = claims.get("role", String.class);
      if (!TYPE.equals(jws.getHeader().getType())
          || name == null
          || session == null
          || claims.getExpiration() == null) {
        throw new ProblemException(CommonProblem.UNAUTHENTICATED);
      }
      return new Verified(
          new Caller(
              UserId.valueOf(claims.getSubject()),
              name,
              session,
              role == null ? SystemRole.USER : SystemRole.of(role),
              scope == null ? Set.of() : Scope.parse(scope),
              claims.getExpiration().toInstant()),
          jws.getHeader().getKeyId());
    } catch (ExpiredJwtException e) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    } catch (JwtException | IllegalArgumentException | NullPointerException e) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
  }
}
