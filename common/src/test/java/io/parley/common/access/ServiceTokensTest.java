package io.parley.common.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.parley.common.access.CallProperties.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can speak for whom with what they have. */
class ServiceTokensTest {

  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=";
  private static final String EDGE = "api-gateway>user-service=" + key('e');

  private final Clock clock = Clock.systemUTC();

  @Test
  void callerShouldBeWhoseKeyTheTokenIsSignedWith() {
    ServiceTokens user = of(SECRET, "user-service", EDGE);

    assertThat(user.caller(token(of(SECRET, "message-service"))))
        .isEqualTo(FleetService.MESSAGE_SERVICE);
    assertThat(user.caller(token(of("", "api-gateway", EDGE)))).isEqualTo(FleetService.API_GATEWAY);
  }

  /** What the gateway has opens user-service as the gateway, and no other service at all. */
  @Test
  void gatewayShouldNotSpeakForOthersNorToOthers() {
    ServiceTokens gateway = of("", "api-gateway", EDGE);
    String keyId = header(token(gateway)).replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
    ServiceTokens user = of(SECRET, "user-service", EDGE);

    assertThatIllegalStateException().isThrownBy(() -> gateway.bearer("message-service"));
    assertThat(user.caller(forged(keyId, "message-service", "user-service"))).isNull();
    assertThat(user.caller(forged("message-service", "message-service", "user-service"))).isNull();
    assertThat(user.caller(forged(null, "message-service", "user-service"))).isNull();
    for (String other : List.of("group-service", "message-service", "notification-service")) {
      assertThat(of(SECRET, other, EDGE).caller(forged(keyId, "api-gateway", other)))
          .as(other)
          .isNull();
      assertThat(of(SECRET, other, EDGE).caller(forged(keyId, "user-service", other)))
          .as(other)
          .isNull();
    }
  }

  /** A key that is given is the only one of its direction: the secret opens that no more. */
  @Test
  void givenKeyShouldStandInForTheDerivedOne() {
    assertThat(of(SECRET, "user-service", EDGE).caller(token(of(SECRET, "api-gateway")))).isNull();
  }

  @Test
  void keysShouldBeReplacedWithoutARefusal() {
    String next = "api-gateway>user-service=" + key('n');
    ServiceTokens both = of(SECRET, "user-service", EDGE, next);

    assertThat(both.caller(token(of("", "api-gateway", EDGE)))).isNotNull();
    assertThat(both.caller(token(of("", "api-gateway", next)))).isNotNull();
    assertThat(of(SECRET, "user-service", next).caller(token(of("", "api-gateway", EDGE))))
        .isNull();
  }

  /** As docs/operate/upgrade.md has it: no call between two neighbouring steps is refused. */
  @Test
  void upgradeShouldGoNodeByNode() {
    ServiceTokens shared = of(Tokens.SHARED, "user-service");
    ServiceTokens both = of(Tokens.BOTH, "user-service");
    ServiceTokens own = of(Tokens.OWN, "user-service");
    String before = before();

    assertThat(shared.caller(before)).isEqualTo(FleetService.GROUP_SERVICE);
    assertThat(isOfAnEarlierBuild(token(of(Tokens.SHARED, "group-service")))).isTrue();
    assertThat(shared.caller(token(of(Tokens.BOTH, "group-service")))).isNotNull();
    assertThat(both.caller(token(of(Tokens.SHARED, "group-service")))).isNotNull();
    assertThat(both.caller(token(of(Tokens.OWN, "group-service")))).isNotNull();
    assertThat(own.caller(token(of(Tokens.BOTH, "group-service")))).isNotNull();
    assertThat(own.caller(before)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api-gateway=c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=",
        "api-gateway>nobody=c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=",
        "api-gateway>user-service=c2hvcnQ=",
        "api-gateway>user-service=???",
        "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE="
      })
  void whatIsNoKeyShouldEndTheStartWithoutBeingShown(String given) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(SECRET, "user-service", given))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("c2VjcmV0", "c2hvcnQ"));
  }

  private ServiceTokens of(String secret, String service, String... keys) {
    return new ServiceTokens(secret, new CallProperties(List.of(keys), Tokens.OWN), service, clock);
  }

  private ServiceTokens of(Tokens tokens, String service) {
    return new ServiceTokens(SECRET, new CallProperties(List.of(), tokens), service, clock);
  }

  private static String token(ServiceTokens caller) {
    return caller.bearer("user-service").substring("Bearer ".length());
  }

  /** Signed with the gateway's key. */
  private static String forged(@Nullable String keyId, String subject, String audience) {
    return signed("e".repeat(32).getBytes(StandardCharsets.US_ASCII))
        .header()
        .keyId(keyId)
        .and()
        .subject(subject)
        .audience()
        .add(audience)
        .and()
        .compact();
  }

  private static String before() {
    return signed(ServiceTokens.derive(SECRET, "service-tokens"))
        .subject("group-service")
        .audience()
        .add("user-service")
        .and()
        .compact();
  }

  /** They look at the key that all had, and at nothing else. */
  private static boolean isOfAnEarlierBuild(String token) {
    return Jwts.parser()
        .verifyWith(Keys.hmacShaKeyFor(ServiceTokens.derive(SECRET, "service-tokens")))
        .requireAudience("user-service")
        .build()
        .parseSignedClaims(token)
        .getPayload()
        .getSubject()
        .equals("group-service");
  }

  private static JwtBuilder signed(byte[] key) {
    return Jwts.builder()
        .issuer("parley-fleet")
        .expiration(Date.from(Instant.now().plusSeconds(60)))
        .signWith(Keys.hmacShaKeyFor(key), Jwts.SIG.HS256);
  }

  private static String header(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
  }

  private static String key(char of) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) of);
    return Base64.getEncoder().encodeToString(key);
  }
}
