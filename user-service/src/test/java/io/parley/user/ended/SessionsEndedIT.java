package io.parley.user.ended;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.SessionsEnded;
import io.parley.common.events.UserEvents;
import io.parley.user.testing.Api;
import io.parley.user.testing.Heard;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** Whatever ends a session or a personal token, other services hear of it on RabbitMQ. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsEndedIT extends UserServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SESSIONS = "/api/v1/users/me/sessions";
  private static final String TOKENS = "/api/v1/users/me/tokens";
  private static final String ADMIN = "/api/v1/admin/users/";
  private static final String BETTER = "staple the blue giraffe 7";

  private final Heard heard;

  SessionsEndedIT(@Autowired ConnectionFactory connections) {
    heard = Heard.on(connections, UserEvents.EXCHANGE);
  }

  @AfterAll
  void stopListening() {
    heard.close();
  }

  @Test
  void logoutShouldTellOfItsSessionAlone() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    String ended = session(phone);

    as(phone).post("/api/v1/auth/logout", "");

    awaitEnded(phone, ended);
    assertThat(ended(phone)).doesNotContain(session(laptop));
    SessionsEnded event = events(phone).getFirst();
    assertThat(event.at()).isBefore(clock.instant().plusSeconds(1));
  }

  @Test
  void revokingShouldTellOfTheRevoked() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    SignedIn tablet = logIn(phone);
    String one = session(phone);
    String other = session(laptop);

    assertThat(as(tablet).delete(SESSIONS + "/" + one).status()).isEqualTo(204);
    awaitEnded(phone, one);
    assertThat(as(tablet).delete(SESSIONS).status()).isEqualTo(204);

    awaitEnded(phone, one, other);
  }

  @Test
  void reuseOfARefreshTokenShouldTell() {
    SignedIn ann = register();
    String session = session(ann);
    refresh(ann);
    clock.forward(Duration.ofSeconds(11));

    assertThat(refresh(ann).problem()).isEqualTo("401 refresh-token-reused");

    awaitEnded(ann, session);
  }

  @Test
  void anotherPasswordShouldTellOfAllSessionsButTheCallers() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    String ended = session(laptop);

    Api.Answer changed =
        as(phone)
            .put(
                "/api/v1/users/me/password",
                Map.of("currentPassword", PASSWORD, "newPassword", BETTER));

    assertThat(changed.status()).as(changed.text()).isLessThan(300);
    awaitEnded(phone, ended);
    assertThat(ended(phone)).doesNotContain(session(phone));
  }

  @Test
  void aResetPasswordShouldTellOfAllSessionsAndTokens() {
    SignedIn ann = registerVerified();
    String session = session(ann);
    String token = token(ann);
    api().post("/api/v1/auth/password/forgot", Map.of("email", email(ann)));

    Api.Answer reset =
        api()
            .post(
                "/api/v1/auth/password/reset",
                Map.of(
                    "token",
                    mails.awaitToken(email(ann), "reset-password"),
                    "newPassword",
                    BETTER));

    assertThat(reset.status()).as(reset.text()).isLessThan(300);
    awaitEnded(ann, session, token);
  }

  @Test
  void aRevokedTokenShouldTell() {
    SignedIn ann = registerVerified();
    String token = token(ann);

    assertThat(as(ann).delete(TOKENS + "/" + token).status()).isEqualTo(204);

    awaitEnded(ann, token);
  }

  @Test
  void aLockShouldTellOfSessionsAndTokens() {
    SignedIn ann = registerVerified();
    String session = session(ann);
    String token = token(ann);

    Api admin = as(registerWithRole("ADMIN"));
    assertThat(admin.post(ADMIN + ann.id() + "/lock", Map.of("reason", "spam")).status())
        .isEqualTo(204);

    awaitEnded(ann, session, token);
  }

  @Test
  void whatAnAdminEndsShouldTell() {
    SignedIn ann = registerVerified();
    String session = session(ann);
    String token = token(ann);

    assertThat(as(registerWithRole("ADMIN")).delete(ADMIN + ann.id() + "/sessions").status())
        .isEqualTo(204);

    awaitEnded(ann, session, token);
  }

  @Test
  void anErasureShouldTellOfAllThatIsTheUsersAndTheirBots() {
    SignedIn ann = registerVerified();
    String session = session(ann);
    String token = token(ann);
    Api.Answer bot =
        as(ann).post("/api/v1/bots", Map.of("username", freshName(), "displayName", "Build"));
    String botsToken =
        as(ann).post("/api/v1/bots/" + bot.at("/id") + "/tokens", tokenCommand()).at("/id");

    assertThat(
            as(ann)
                .post(
                    "/api/v1/users/me/erasure",
                    Map.of("password", PASSWORD, "messages", "keep-anonymous"))
                .status())
        .isEqualTo(202);

    awaitEnded(ann, session, token);
    await().atMost(PATIENCE).until(() -> endedOf(bot.at("/id")).contains(botsToken));
  }

  @Test
  void anExpiredSessionShouldTellWhenItIsNoticed() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    String first = session(phone);
    String second = session(laptop);
    clock.forward(Duration.ofDays(30).plusSeconds(1));

    assertThat(refresh(phone).problem()).isEqualTo("401 refresh-token-invalid");
    awaitEnded(phone, first);

    logIn(phone);

    awaitEnded(phone, first, second);
  }

  private String session(SignedIn user) {
    return as(user)
        .get(SESSIONS)
        .json()
        .get("items")
        .valueStream()
        .filter(session -> session.get("current").asBoolean())
        .findFirst()
        .orElseThrow()
        .get("id")
        .asString();
  }

  /** Of a new personal token, its id. */
  private String token(SignedIn owner) {
    return as(owner).post(TOKENS, tokenCommand()).at("/id");
  }

  private Map<String, Object> tokenCommand() {
    return Map.of(
        "name",
        "script",
        "scopes",
        List.of("account:read"),
        "password",
        PASSWORD,
        "expiresAt",
        clock.instant().plus(Duration.ofDays(7)).toString());
  }

  private Api.Answer refresh(SignedIn user) {
    return api().post("/api/v1/auth/refresh", Map.of("refreshToken", user.refreshToken()));
  }

  private void awaitEnded(SignedIn user, String... ids) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ended(user)).contains(ids));
  }

  private List<String> ended(SignedIn user) {
    return endedOf(user.id());
  }

  private List<String> endedOf(String userId) {
    return eventsOf(userId).stream().map(event -> event.sessionId().toString()).toList();
  }

  private List<SessionsEnded> events(SignedIn user) {
    return eventsOf(user.id());
  }

  private List<SessionsEnded> eventsOf(String userId) {
    return heard.all(SessionsEnded.ROUTING_KEY, SessionsEnded.class).stream()
        .filter(event -> event.userId().toString().equals(userId))
        .toList();
  }
}
