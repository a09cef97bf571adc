package io.parley.user.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.user.testing.Api;
import io.parley.user.testing.Heard;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErasureIT extends UserServiceIT {

  private static final String ERASURE = "/api/v1/users/me/erasure";
  private static final String STATUS = "/api/v1/erasures/";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Heard heard;

  @Autowired private RabbitTemplate rabbit;
  @Autowired private JsonMapper json;

  ErasureIT(@Autowired ConnectionFactory connections) {
    heard = Heard.on(connections, UserEvents.EXCHANGE);
  }

  @AfterAll
  void stopListening() {
    heard.close();
  }

  @Test
  void accountShouldBeGoneAtOnce() {
    SignedIn ann = register();
    SignedIn bob = register();
    as(ann).put("/api/v1/contacts/" + bob.id());
    as(bob).put("/api/v1/contacts/" + ann.id());

    Api.Answer accepted = erase(ann, "keep-anonymous");

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("cache-control")).contains("no-store");
    assertThat(
            api()
                .post("/api/v1/auth/login", Map.of("login", ann.username(), "password", PASSWORD))
                .problem())
        .isEqualTo("401 bad-credentials");
    assertThat(
            api().post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken())).status())
        .isEqualTo(401);
    assertThat(as(bob).get("/api/v1/users/" + ann.id()).problem()).isEqualTo("404 not-found");
    assertThat(as(bob).get("/api/v1/users?query=" + ann.username()).json().get("items")).isEmpty();
    assertThat(as(bob).get("/api/v1/contacts").json().get("items")).isEmpty();
    assertThat(
            service()
                .post("/internal/users/lookup", Map.of("ids", List.of(ann.id())))
                .json()
                .get("items"))
        .isEmpty();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(as(ann).get("/api/v1/users/me").problem())
                    .isEqualTo("401 unauthenticated"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(questions(accepted))
                    .anyMatch(
                        question ->
                            question.userId().toString().equals(ann.id())
                                && question.messages()
                                    == ErasureRequested.Messages.KEEP_ANONYMOUS));
  }

  @Test
  void nothingOfTheAccountShouldStayInAnyTable() {
    SignedIn ann = registerVerified();
    as(ann).patch("/api/v1/users/me", Map.of("bio", "secret bio", "displayName", "Secret Name"));
    as(ann).put("/api/v1/contacts/" + register().id());
    as(ann).put("/api/v1/blocks/" + register().id());
    as(ann).put("/api/v1/users/me/privacy", Map.of("discoverable", "nobody", "profile", "nobody"));

    erase(ann, "remove");

    List<String> tables =
        database
            .sql(
                "SELECT table_name FROM information_schema.tables"
                    + " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
            .query(String.class)
            .list();
    assertThat(tables).contains("accounts", "sessions", "avatars", "contacts", "credentials");
    for (String table : tables) {
      assertThat(rows(table, ann.username())).as(table + " has the username").isZero();
      assertThat(rows(table, "secret bio")).as(table).isZero();
      assertThat(rows(table, "Secret Name")).as(table).isZero();
      if (!Set.of("audit_events", "erasures", "outbox", "ended_sessions").contains(table)) {
        assertThat(rows(table, ann.id())).as(table + " has the id").isZero();
      }
    }
  }

  private int rows(String table, String text) {
    return database
        .sql("SELECT count(*) FROM " + table + " t WHERE strpos(t::text, ?) > 0")
        .param(text)
        .query(Integer.class)
        .single();
  }

  @Test
  void usernameShouldNeverBeGivenAgainButTheAddressMay() {
    SignedIn ann = register();
    erase(ann, "remove");

    assertThat(api().post("/api/v1/auth/register", registration(ann.username())).problem())
        .isEqualTo("409 username-taken");
    String other = freshName();
    assertThat(
            api()
                .post(
                    "/api/v1/auth/register",
                    Map.of(
                        "username",
                        other,
                        "email",
                        email(ann),
                        "password",
                        PASSWORD,
                        "displayName",
                        "Ann again"))
                .status())
        .isEqualTo(201);
  }

  @Test
  void stateShouldFollowTheAnswers() {
    SignedIn ann = register();
    Api.Answer accepted = erase(ann, "remove");
    UUID id = UUID.fromString(accepted.at("/id"));

    JsonNode before = status(accepted);
    assertThat(before.get("state").asString()).isEqualTo("REQUESTED");
    assertThat(before.at("/services/user-service").isNull()).isFalse();
    assertThat(before.at("/services/group-service").isNull()).isTrue();

    answer(id, "group-service");
    answer(id, "group-service");
    answer(UUID.randomUUID(), "message-service");
    awaitState(accepted, "RUNNING");
    assertThat(status(accepted).at("/services/group-service").isNull()).isFalse();
    assertThat(status(accepted).at("/services/message-service").isNull()).isTrue();

    answer(id, "message-service");
    answer(id, "unexpected-service");
    answer(id, "notification-service");
    awaitState(accepted, "DONE");
    JsonNode done = status(accepted);
    assertThat(done.get("doneAt").isNull()).isFalse();
    assertThat(done.get("services").propertyNames())
        .containsExactlyInAnyOrder(
            "user-service", "group-service", "message-service", "notification-service");
    assertThat(
            database
                .sql("SELECT action FROM audit_events WHERE target_id = ?")
                .param(ann.id())
                .query(String.class)
                .list())
        .contains("erasure.requested", "erasure.completed");
  }

  @Test
  void unansweredQuestionsShouldBeAskedAgainAndAnsweredOnesNot() {
    Api.Answer open = erase(register(), "remove");
    Api.Answer done = erase(register(), "remove");
    for (String service : List.of("group-service", "message-service", "notification-service")) {
      answer(UUID.fromString(done.at("/id")), service);
    }
    awaitState(done, "DONE");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(questions(open)).isNotEmpty());
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(questions(done)).isNotEmpty());
    int asked = questions(open).size();
    int askedOfDone = questions(done).size();

    clock.forward(Duration.ofSeconds(61));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(questions(open)).hasSizeGreaterThan(asked));
    clock.forward(Duration.ofSeconds(61));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(questions(open)).hasSizeGreaterThan(asked + 1));
    assertThat(questions(done)).hasSize(askedOfDone);
    assertThat(questions(open)).allMatch(question -> question.equals(questions(open).get(0)));
  }

  @Test
  void questionsLostInACrashShouldBeAskedFromTheTables() {
    // As after a SIGKILL between the commit and the broker, with the outbox lost on top.
    UUID id = UUID.randomUUID();
    database
        .sql(
            "INSERT INTO erasures (id, user_id, messages, requested_at, asked_at)"
                + " VALUES (?, ?, 'REMOVE', now() - interval '1 hour', now() - interval '1 hour')")
        .params(id, UUID.randomUUID())
        .update();

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(heard.all(ErasureRequested.ROUTING_KEY, ErasureRequested.class))
                    .anyMatch(question -> question.erasureId().equals(id)));
  }

  @Test
  void botsShouldGoWithTheirOwner() {
    SignedIn ann = registerVerified();
    Api.Answer bot =
        as(ann).post("/api/v1/bots", Map.of("username", freshName(), "displayName", "Helper"));
    assertThat(bot.status()).isEqualTo(201);

    Api.Answer accepted = erase(ann, "remove");

    assertThat(as(register()).get("/api/v1/users/" + bot.at("/id")).problem())
        .isEqualTo("404 not-found");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(heard.all(ErasureRequested.ROUTING_KEY, ErasureRequested.class))
                    .extracting(question -> question.userId().toString())
                    .contains(ann.id(), bot.at("/id")));
    UUID botsErasure =
        heard.all(ErasureRequested.ROUTING_KEY, ErasureRequested.class).stream()
            .filter(question -> question.userId().toString().equals(bot.at("/id")))
            .findFirst()
            .orElseThrow()
            .erasureId();
    for (String service : List.of("group-service", "message-service", "notification-service")) {
      answer(UUID.fromString(accepted.at("/id")), service);
    }
    answer(botsErasure, "group-service");
    answer(botsErasure, "message-service");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(status(accepted).at("/services/message-service").isNull()).isFalse());
    assertThat(status(accepted).get("state").asString()).isEqualTo("RUNNING");
    assertThat(status(accepted).at("/services/notification-service").isNull()).isTrue();

    answer(botsErasure, "notification-service");

    awaitState(accepted, "DONE");
  }

  @Test
  void adminShouldBeAbleToStartIt() {
    Api admin = as(registerWithRole("ADMIN"));
    SignedIn ann = register();

    Api.Answer accepted = admin.delete("/api/v1/admin/users/" + ann.id() + "?messages=remove");

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(status(accepted).get("state").asString()).isEqualTo("REQUESTED");
    assertThat(admin.get("/api/v1/admin/users/" + ann.id()).problem()).isEqualTo("404 not-found");
    assertThat(admin.delete("/api/v1/admin/users/" + ann.id()).problem())
        .isEqualTo("404 not-found");
  }

  @Test
  void requestShouldRefuseAndChangeNothing() {
    SignedIn ann = register();

    assertThat(
            as(ann)
                .post(ERASURE, Map.of("password", "wrong password", "messages", "remove"))
                .problem())
        .isEqualTo("403 wrong-password");
    for (String body :
        List.of(
            "{}",
            "{\"password\":\"" + PASSWORD + "\"}",
            "{\"messages\":\"remove\"}",
            "{\"password\":\"" + PASSWORD + "\",\"messages\":\"REMOVE\"}",
            "{\"password\":\"" + PASSWORD + "\",\"messages\":\"burn\"}",
            "{\"password\":\"" + PASSWORD + "\",\"messages\":1}",
            "{\"password\":1,\"messages\":\"remove\"}",
            "{\"password\":\"" + PASSWORD + "\",\"messages\":\"remove\",\"now\":true}",
            "[]")) {
      assertThat(as(ann).post(ERASURE, body).problem()).isEqualTo("400 invalid-request");
    }
    assertThat(api().post(ERASURE, "{}").problem()).isEqualTo("401 unauthenticated");
    assertThat(as(ann).get("/api/v1/users/me").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "00000000-0000-0000-0000-000000000000", "%00", "'%20or%20''='", "AAAA"})
  void statusShouldNotBeGuessed(String token) {
    assertThat(api().get(STATUS + token).status()).isIn(400, 404);
  }

  @Test
  void statusShouldBeForgottenInTheEnd() {
    Api.Answer accepted = erase(register(), "remove");
    for (String service : List.of("group-service", "message-service", "notification-service")) {
      answer(UUID.fromString(accepted.at("/id")), service);
    }
    awaitState(accepted, "DONE");
    database
        .sql("UPDATE erasures SET done_at = now() - interval '91 days' WHERE id = ?")
        .param(UUID.fromString(accepted.at("/id")))
        .update();

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(api().get(STATUS + accepted.at("/statusToken")).problem())
                    .isEqualTo("404 not-found"));
  }

  private Api.Answer erase(SignedIn user, String messages) {
    return as(user).post(ERASURE, Map.of("password", PASSWORD, "messages", messages));
  }

  private JsonNode status(Api.Answer accepted) {
    Api.Answer answer = api().get(STATUS + accepted.at("/statusToken"));
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  private void awaitState(Api.Answer accepted, String state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(accepted).get("state").asString()).isEqualTo(state));
  }

  private List<ErasureRequested> questions(Api.Answer accepted) {
    return heard.all(ErasureRequested.ROUTING_KEY, ErasureRequested.class).stream()
        .filter(question -> question.erasureId().toString().equals(accepted.at("/id")))
        .collect(Collectors.toList());
  }

  private void answer(UUID erasure, String service) {
    rabbit.send(
        UserEvents.EXCHANGE,
        ErasureAnswered.ROUTING_KEY,
        MessageBuilder.withBody(
                json.writeValueAsBytes(
                    new ErasureAnswered(erasure, service, clock.instant(), Map.of("rows", 1L))))
            .setContentType("application/json")
            .build());
  }
}
