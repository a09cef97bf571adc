package io.parley.user.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.parley.common.access.ServiceTokens;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What somebody who has broken into another service can ask for here. */
class CallersIT extends UserServiceIT {

  private static final String INTROSPECT = "/internal/tokens/introspect";
  private static final Map<String, Object> TOKEN = Map.of("token", "parley_pat_x");

  @Test
  void gatewayShouldAskWhoseATokenIsAndNothingElse() {
    Api gateway = serviceNamed("api-gateway");
    UUID ann = UUID.randomUUID();

    assertThat(gateway.post(INTROSPECT, TOKEN).status()).isEqualTo(200);
    assertThat(gateway.post("/internal/users/lookup", Map.of("ids", List.of(ann))).problem())
        .isEqualTo("403 forbidden");
    assertThat(
            gateway
                .post("/internal/users/by-username", Map.of("usernames", List.of("ann")))
                .problem())
        .isEqualTo("403 forbidden");
    assertThat(
            gateway.post("/internal/users/presence-audience", Map.of("looks", List.of())).problem())
        .isEqualTo("403 forbidden");
    assertThat(
            gateway
                .post("/internal/users/" + ann + "/mailbox", Map.of("purpose", "digest"))
                .problem())
        .isEqualTo("403 forbidden");
    assertThat(gateway.get("/internal/blocks").problem()).isEqualTo("403 forbidden");
  }

  @Test
  void othersShouldAskForWhatTheyNeed() {
    UUID ann = UUID.randomUUID();
    Map<String, Object> digest = Map.of("purpose", "digest");

    assertThat(serviceNamed("group-service").get("/internal/blocks").problem())
        .isEqualTo("403 forbidden");
    assertThat(
            serviceNamed("message-service")
                .post("/internal/users/" + ann + "/mailbox", digest)
                .problem())
        .isEqualTo("403 forbidden");
    assertThat(
            serviceNamed("notification-service")
                .post("/internal/users/lookup", Map.of("ids", List.of(ann)))
                .problem())
        .isEqualTo("403 forbidden");
    for (String name : List.of("group-service", "message-service", "notification-service")) {
      assertThat(serviceNamed(name).post(INTROSPECT, TOKEN).status()).as(name).isEqualTo(200);
    }
  }

  /** It was good for every path of every service. */
  @Test
  void keyThatAllHadShouldOpenNothing() {
    String token =
        Jwts.builder()
            .issuer("parley-fleet")
            .subject("message-service")
            .audience()
            .add("user-service")
            .and()
            .expiration(Date.from(clock.instant().plus(Duration.ofMinutes(1))))
            .signWith(
                Keys.hmacShaKeyFor(ServiceTokens.derive(SECRET, "service-tokens")), Jwts.SIG.HS256)
            .compact();

    assertThat(api().withAuthorization("Bearer " + token).post(INTROSPECT, TOKEN).problem())
        .isEqualTo("401 unauthenticated");
  }
}
