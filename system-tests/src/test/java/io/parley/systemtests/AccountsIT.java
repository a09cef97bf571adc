package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.GATEWAY;
import static io.parley.systemtests.RunningFleet.PASSWORD;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What concerns accounts and more than one service, through the gateway only. */
class AccountsIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final User ann = register("ann");
  private final User ben = register("ben");
  private final Http anonymous = new Http(GATEWAY, "");

  /** Each process hears of the end of a session by itself. */
  private static void awaitRefusal(Http session, String path) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(session.get(path).status()).isEqualTo(401));
  }

  @Test
  void unverifiedAccountShouldReadButNotWrite() {
    String name = "new_" + ann.name().substring(4);
    Answer registered = Registration.awaitAccount(anonymous, name, name + "@example.org");
    Http limited = new Http(GATEWAY, registered.json().get("accessToken").asString());

    assertThat(limited.get("/api/v1/users/me").json().get("emailVerified").asBoolean()).isFalse();
    assertThat(limited.get("/api/v1/conversations").status()).isEqualTo(200);
    assertThat(limited.post("/api/v1/conversations/direct", Map.of("userId", ann.id())).slug())
        .isEqualTo("insufficient-scope");
    assertThat(limited.post("/api/v1/groups", Map.of("name", "spam", "description", "")).slug())
        .isEqualTo("insufficient-scope");
  }

  @Test
  void blockedUserShouldNotReachTheBlocker() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    Map<String, String> message = Map.of("clientMessageId", "m1", "text", "hello");
    String messages = "/api/v1/conversations/" + conversation + "/messages";
    assertThat(ann.http().post(messages, message).status()).isEqualTo(201);

    assertThat(ben.http().put("/api/v1/blocks/" + ann.id(), "").status()).isIn(200, 201, 204);

    // Messages follow blocks by events. One that came before is in the log, and so are its repeats.
    AtomicInteger tries = new AtomicInteger();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              String id = "m2-" + tries.incrementAndGet();
              assertThat(
                      ann.http()
                          .post(messages, Map.of("clientMessageId", id, "text", "again"))
                          .slug())
                  .isEqualTo("blocked");
            });
    assertThat(ann.http().get("/api/v1/users?query=" + ben.name()).json().get("items")).isEmpty();
    Answer group = ann.http().post("/api/v1/groups", Map.of("name", "friends", "description", ""));
    assertThat(
            ann.http()
                .post(
                    "/api/v1/groups/" + group.json().get("id").asString() + "/members",
                    Map.of("userId", ben.id()))
                .slug())
        .isEqualTo("blocked");

    assertThat(ben.http().delete("/api/v1/blocks/" + ann.id()).status()).isEqualTo(204);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        ann.http()
                            .post(messages, Map.of("clientMessageId", "m3", "text", "again"))
                            .status())
                    .isEqualTo(201));
  }

  @Test
  void botShouldChatWithItsToken() throws Exception {
    Answer bot =
        ann.http()
            .post(
                "/api/v1/bots",
                Map.of("username", "bot_" + ann.name().substring(4), "displayName", "Weather"));
    assertThat(bot.status()).as(bot.response().body()).isEqualTo(201);
    String id = bot.json().get("id").asString();
    Answer token =
        ann.http()
            .post(
                "/api/v1/bots/" + id + "/tokens",
                Map.of(
                    "name",
                    "runs",
                    "scopes",
                    List.of("messages:read", "messages:write"),
                    "password",
                    PASSWORD,
                    "expiresAt",
                    Instant.now().plus(Duration.ofDays(1)).toString()));
    User robot =
        new User(RunningFleet.GATEWAY, id, "bot", token.json().get("token").asString(), "");

    try (StompClient a = ann.connect();
        StompClient b = robot.connect()) {
      Answer group =
          ann.http()
              .post(
                  "/api/v1/groups",
                  Map.of("name", "weather", "description", "", "memberIds", List.of(id)));
      assertThat(group.status()).as(group.response().body()).isEqualTo(201);
      // From here on she hears the messages themselves.
      a.event("JOINED");
      b.message(group.json().get("id").asString(), "m1", "rain");
      assertThat(a.event("MESSAGE").get("authorId").asString()).isEqualTo(id);
    }
    assertThat(ann.http().delete("/api/v1/bots/" + id).status()).isEqualTo(204);
    awaitRefusal(robot.http(), "/api/v1/conversations");
  }

  @Test
  void exportShouldHoldWhatEveryServiceHolds() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    ann.http()
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", "m1", "text", "Ünforgettable 𝕏"));
    ann.http().post("/api/v1/groups", Map.of("name", "a group of ann", "description", ""));
    ann.http().post("/api/v1/devices", Map.of("token", "t-" + ann.id(), "platform", "web"));

    Map<String, String> archive = new TreeMap<>();
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(GATEWAY + "/api/v1/users/me/export"))
                    .header("Authorization", "Bearer " + ann.accessToken())
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(response.body()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        archive.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }

    assertThat(archive).containsKey("manifest.json");
    assertThat(String.join("\n", archive.values()))
        .contains("Ünforgettable 𝕏", "a group of ann", "t-" + ann.id(), ann.name())
        .doesNotContain("$argon2", ann.refreshToken());
    archive.forEach(
        (name, content) -> {
          if (name.endsWith(".json")) {
            assertThat(JSON.readTree(content)).as(name).isNotNull();
          }
        });
  }

  @Test
  void erasureShouldReachEveryService() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    String messages = "/api/v1/conversations/" + conversation + "/messages";
    ann.http().post(messages, Map.of("clientMessageId", "m1", "text", "to be forgotten"));
    ben.http().post(messages, Map.of("clientMessageId", "m1", "text", "to be kept"));
    Answer group =
        ann.http()
            .post(
                "/api/v1/groups",
                Map.of("name", "left behind", "description", "", "memberIds", List.of(ben.id())));
    String groupId = group.json().get("id").asString();
    ann.http().post("/api/v1/devices", Map.of("token", "t-" + ann.id(), "platform", "web"));
    StompClient socket = ann.connect();

    assertThat(
            ann.http()
                .post(
                    "/api/v1/users/me/erasure",
                    Map.of("password", "not the password", "messages", "remove"))
                .status())
        .isEqualTo(403);
    Answer accepted =
        ann.http()
            .post("/api/v1/users/me/erasure", Map.of("password", PASSWORD, "messages", "remove"));

    assertThat(accepted.status()).as(accepted.response().body()).isEqualTo(202);
    assertThat(socket.closeCode()).isEqualTo(4401);
    awaitRefusal(ann.http(), "/api/v1/users/me");
    String status = "/api/v1/erasures/" + accepted.json().get("statusToken").asString();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              JsonNode state = anonymous.get(status).json();
              assertThat(state.path("state").asString()).as(state.toString()).isEqualTo("DONE");
            });
    JsonNode history = ben.http().get(messages).json().get("items");
    assertThat(history.toString()).contains("to be kept").doesNotContain("to be forgotten");
    assertThat(ben.http().get("/api/v1/users/" + ann.id()).status()).isEqualTo(404);
    JsonNode left = ben.http().get("/api/v1/groups/" + groupId).json();
    assertThat(left.get("memberCount").asInt()).isEqualTo(1);
    assertThat(left.get("me").get("role").asString()).isEqualTo("owner");
    assertThat(
            anonymous
                .post("/api/v1/auth/login", Map.of("login", ann.name(), "password", PASSWORD))
                .slug())
        .isEqualTo("bad-credentials");
    assertThat(anonymous.get("/api/v1/erasures/guessed-token").status()).isEqualTo(404);
  }

  @Test
  void adminShouldFindLockAndUnlock() throws Exception {
    Http admin = RunningFleet.admin();
    assertThat(ann.http().get("/api/v1/admin/users?query=" + ben.name()).slug())
        .isEqualTo("insufficient-scope");
    JsonNode found =
        admin.get("/api/v1/admin/users?query=" + ben.name()).json().get("items").get(0);
    assertThat(found.get("id").asString()).isEqualTo(ben.id());
    StompClient socket = ben.connect();

    assertThat(
            admin
                .post("/api/v1/admin/users/" + ben.id() + "/lock", Map.of("reason", "spam"))
                .status())
        .isIn(200, 204);

    assertThat(socket.closeCode()).isEqualTo(4401);
    Map<String, String> login = Map.of("login", ben.name(), "password", PASSWORD);
    assertThat(anonymous.post("/api/v1/auth/login", login).slug()).isEqualTo("account-locked");
    assertThat(
            anonymous
                .post("/api/v1/auth/refresh", Map.of("refreshToken", ben.refreshToken()))
                .status())
        .isIn(401, 403);

    assertThat(admin.post("/api/v1/admin/users/" + ben.id() + "/unlock", "").status())
        .isIn(200, 204);

    assertThat(anonymous.post("/api/v1/auth/login", login).status()).isEqualTo(200);
    JsonNode trail = admin.get("/api/v1/admin/audit?target=" + ben.id()).json().get("items");
    assertThat(trail.toString()).contains("user.locked", "user.unlocked");
  }

  @Test
  void keyRotationShouldLogNobodyOut() {
    Http admin = RunningFleet.admin();
    assertThat(admin.post("/api/v1/admin/signing-keys", "").status()).isEqualTo(202);

    assertThat(ann.http().get("/api/v1/users/me").status()).isEqualTo(200);
    assertThat(ann.http().get("/api/v1/conversations").status()).isEqualTo(200);
    Answer refreshed =
        anonymous.post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken()));
    Http renewed = new Http(GATEWAY, refreshed.json().get("accessToken").asString());
    assertThat(renewed.get("/api/v1/conversations").status()).isEqualTo(200);
    assertThat(renewed.get("/api/v1/groups").status()).isEqualTo(200);
  }
}
