package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.GATEWAY;
import static io.parley.systemtests.RunningFleet.PASSWORD;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.localstack.fleet.Fleet;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Revoked means out: on every message node, at the gateway, at once. */
class SessionEndIT {

  private static final int ENDED = 4401;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final User ann = register("ann");

  /** Another login of hers. */
  private Http logIn(String device) {
    Answer answer =
        new Http(GATEWAY, "")
            .post(
                "/api/v1/auth/login",
                Map.of("login", ann.name(), "password", PASSWORD, "deviceName", device));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return new Http(GATEWAY, answer.json().get("accessToken").asString());
  }

  /** The sockets of one session on each node. */
  private static List<StompClient> onBothNodes(Http session) throws InterruptedException {
    return List.of(
        StompClient.connect(FLEET.node(Fleet.MESSAGES).url(), session.token()),
        StompClient.connect(FLEET.node("message-service-2").url(), session.token()),
        StompClient.connect(GATEWAY, session.token()));
  }

  private static void assertEnded(Http session, List<StompClient> sockets) throws Exception {
    for (StompClient socket : sockets) {
      assertThat(socket.closeCode()).isEqualTo(ENDED);
    }
    // Gateway and message nodes hear of it each by itself.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(session.get("/api/v1/users/me").slug()).isEqualTo("unauthenticated"));
  }

  private static void assertAlive(Http session, List<StompClient> sockets) {
    assertThat(session.get("/api/v1/users/me").status()).isEqualTo(200);
    assertThat(sockets).noneMatch(StompClient::isClosed);
    sockets.forEach(StompClient::close);
  }

  @Test
  void logoutShouldEndTheSessionsSocketsAndNoOthers() throws Exception {
    Http phone = logIn("phone");
    Http laptop = logIn("laptop");
    List<StompClient> phones = onBothNodes(phone);
    List<StompClient> laptops = onBothNodes(laptop);

    assertThat(phone.post("/api/v1/auth/logout", "").status()).isEqualTo(204);

    assertEnded(phone, phones);
    assertAlive(laptop, laptops);
  }

  @Test
  void revokeShouldEndThatSession() throws Exception {
    Http phone = logIn("Änn's phone");
    List<StompClient> phones = onBothNodes(phone);
    String id = "";
    for (JsonNode session : ann.http().get("/api/v1/users/me/sessions").json().get("items")) {
      if (session.get("device").asString().equals("Änn's phone")) {
        id = session.get("id").asString();
      }
    }

    assertThat(ann.http().delete("/api/v1/users/me/sessions/" + id).status()).isEqualTo(204);

    assertEnded(phone, phones);
    User ben = register("ben");
    assertThat(ben.http().delete("/api/v1/users/me/sessions/" + id).status()).isEqualTo(404);
    assertThat(ann.http().get("/api/v1/users/me").status()).isEqualTo(200);
  }

  @Test
  void passwordChangeShouldEndAllOtherSessions() throws Exception {
    Http phone = logIn("phone");
    Http laptop = logIn("laptop");
    List<StompClient> phones = onBothNodes(phone);
    List<StompClient> laptops = onBothNodes(laptop);

    Answer changed =
        laptop.put(
            "/api/v1/users/me/password",
            Map.of("currentPassword", PASSWORD, "newPassword", "walrus-tricycle-monsoon-41"));
    assertThat(changed.status()).as(changed.response().body()).isEqualTo(204);

    assertEnded(phone, phones);
    assertAlive(laptop, laptops);
  }

  @Test
  void resetByMailShouldEndEverySession() throws Exception {
    Http phone = logIn("phone");
    List<StompClient> phones = onBothNodes(phone);
    Http anonymous = new Http(GATEWAY, "");
    String email = ann.name() + "@example.org";
    assertThat(anonymous.post("/api/v1/auth/password/forgot", Map.of("email", email)).status())
        .isEqualTo(202);
    String link = FLEET.mailCatcher().awaitLink(email, "/reset-password#");
    Map<String, String> reset =
        Map.of(
            "token",
            link.substring(link.indexOf('#') + 1),
            "newPassword",
            "walrus-tricycle-monsoon-42");

    assertThat(anonymous.post("/api/v1/auth/password/reset", reset).status()).isEqualTo(200);

    assertEnded(phone, phones);
    assertThat(anonymous.post("/api/v1/auth/password/reset", reset).slug())
        .isEqualTo("link-invalid");
    assertThat(
            anonymous
                .post("/api/v1/auth/login", Map.of("login", ann.name(), "password", PASSWORD))
                .slug())
        .isEqualTo("bad-credentials");
  }

  @Test
  void revokedPersonalTokenShouldEndItsSockets() throws Exception {
    JsonNode made =
        ann.http()
            .post(
                "/api/v1/users/me/tokens",
                Map.of(
                    "name",
                    "reader",
                    "scopes",
                    List.of("messages:read", "account:read"),
                    "password",
                    PASSWORD,
                    "expiresAt",
                    Instant.now().plus(Duration.ofDays(1)).toString()))
            .json();
    Http reader = new Http(GATEWAY, made.get("token").asString());
    assertThat(reader.get("/api/v1/conversations").status()).isEqualTo(200);
    User ben = register("ben");
    assertThat(reader.post("/api/v1/conversations/direct", Map.of("userId", ben.id())).slug())
        .isEqualTo("insufficient-scope");
    assertThat(reader.get("/api/v1/groups").slug()).isEqualTo("insufficient-scope");
    assertThat(reader.get("/api/v1/users/me/sessions").slug()).isEqualTo("insufficient-scope");
    String conversation = RunningFleet.direct(ann, ben);
    List<StompClient> sockets = onBothNodes(reader);
    sockets.get(0).message(conversation, "m1", "from a reader");
    assertThat(sockets.get(0).next().json().get("type").asString()).endsWith("/insufficient-scope");

    assertThat(ann.http().delete("/api/v1/users/me/tokens/" + made.get("id").asString()).status())
        .isEqualTo(204);

    assertEnded(reader, sockets);
  }

  @Test
  void oneTokenRefreshedTwiceAtOnceShouldLeaveOneFamily() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> refresh =
          () ->
              new Http(GATEWAY, "")
                  .post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken()));
      List<Answer> answers =
          threads.invokeAll(List.of(refresh, refresh)).stream()
              .map(future -> future.resultNow())
              .toList();

      // Both may be given one, as the first answer may have been lost; only one goes on.
      assertThat(answers).allMatch(answer -> answer.status() == 200);
      List<Integer> next =
          answers.stream()
              .map(
                  answer ->
                      new Http(GATEWAY, "")
                          .post(
                              "/api/v1/auth/refresh",
                              Map.of("refreshToken", answer.json().get("refreshToken").asString()))
                          .status())
              .toList();
      assertThat(next).containsExactly(200, 401);
    }
  }
}
