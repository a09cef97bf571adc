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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A day of the fleet, with its failures, and then all of its logs, the other tests' too, at DEBUG:
 * each line is JSON, and nothing that somebody wrote, no secret and no address is in any.
 */
class LogsIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String MESSAGE = "zebra-crossing-at-noon";
  private static final String BROKEN_MESSAGE = "zebra-that-broke-off";
  private static final String WRONG_PASSWORD = "walrus-under-the-ice";
  private static final String NEW_PASSWORD = "quiet-marmot-seven-lakes";
  private static final String BAD_TOKEN = "tapir-is-no-token-at-all-but-looks-secret";
  private static final String DEVICE_TOKEN = "gecko-device-token-0123456789";
  private static final String QUERY = "pangolin-looked-for";
  private static final String DISPLAY_NAME = "Okapi Displayed";
  private static final String GROUP_NAME = "lemurs at night";

  /** Whatever the other tests have used, too. */
  private static final List<Pattern> NEVER =
      List.of(
          Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]+"),
          Pattern.compile("parley_pat_[A-Za-z0-9_-]{8,}"),
          Pattern.compile("(?i)bearer [A-Za-z0-9_-]{8,}"),
          Pattern.compile("[A-Za-z0-9_.+-]+@example\\.(org|com)"),
          Pattern.compile("\\$argon2"),
          Pattern.compile("otpauth:"));

  private final Http anonymous = new Http(GATEWAY, "");
  private final List<String> secrets =
      new ArrayList<>(
          List.of(
              MESSAGE,
              BROKEN_MESSAGE,
              WRONG_PASSWORD,
              NEW_PASSWORD,
              PASSWORD,
              BAD_TOKEN,
              DEVICE_TOKEN,
              QUERY,
              DISPLAY_NAME,
              GROUP_NAME,
              RunningFleet.SECRET));

  @Test
  void logsOfADayShouldBeJsonAndHoldNoSecret() throws Exception {
    User ann = register("ann");
    User ben = register("ben");
    secrets.addAll(List.of(ann.accessToken(), ann.refreshToken(), ben.refreshToken()));

    String conversation = requestsAndRefusals(ann, ben);
    sockets(ann, ben, conversation);
    groups(ann, ben);
    storeAway(ann, conversation);
    tokens(ann);
    passwordReset(ben);
    Answer erasure =
        ann.http()
            .post("/api/v1/users/me/erasure", Map.of("password", PASSWORD, "messages", "remove"));
    assertThat(erasure.status()).isEqualTo(202);
    String statusToken = erasure.json().get("statusToken").asString();
    secrets.add(statusToken);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                anonymous
                    .get("/api/v1/erasures/" + statusToken)
                    .json()
                    .path("state")
                    .asString()
                    .equals("DONE"));

    String requestId = requestWithAnId(ben, conversation);
    await().atMost(Duration.ofSeconds(20)).until(() -> accessLineOf(requestId) != null);

    readAll();
    JsonNode line = accessLineOf(requestId);
    assertThat(line.at("/user/id").asString()).isEqualTo(ben.id());
    assertThat(line.at("/http/response/status_code").asInt()).isEqualTo(200);
    assertThat(auditLines(Fleet.USERS)).contains("password.reset");
    assertThat(auditLines(Fleet.GROUPS)).isNotEmpty();
  }

  private String requestsAndRefusals(User ann, User ben) {
    String conversation = RunningFleet.direct(ann, ben);
    String messages = "/api/v1/conversations/" + conversation + "/messages";
    ann.http().call("PATCH", "/api/v1/users/me", Map.of("displayName", DISPLAY_NAME));
    assertThat(ann.http().post(messages, Map.of("clientMessageId", "m1", "text", MESSAGE)).status())
        .isEqualTo(201);
    assertThat(
            ann.http()
                .post(messages, Map.of("clientMessageId", "m2", "text", MESSAGE.repeat(1_000)))
                .status())
        .isBetween(400, 499);
    assertThat(ann.http().post(messages, Map.of("txt", BROKEN_MESSAGE)).status())
        .isBetween(400, 499);
    ann.http().get("/api/v1/users?query=" + QUERY);
    ann.http().post("/api/v1/devices", Map.of("token", DEVICE_TOKEN, "platform", "web"));
    ann.http().post("/api/v1/devices", Map.of("token", DEVICE_TOKEN, "platform", "symbian"));

    for (String path : List.of("/api/v1/users/me", "/api/v1/conversations", "/api/v1/groups")) {
      assertThat(new Http(GATEWAY, BAD_TOKEN).get(path).status()).isEqualTo(401);
      // The claims of a good token under a signature that is not theirs.
      assertThat(new Http(GATEWAY, ann.accessToken() + "x").get(path).status()).isEqualTo(401);
    }
    assertThat(
            anonymous
                .post("/api/v1/auth/login", Map.of("login", ann.name(), "password", WRONG_PASSWORD))
                .status())
        .isEqualTo(401);
    assertThat(
            anonymous
                .post("/api/v1/auth/login", Map.of("login", ann.name(), "password", PASSWORD))
                .status())
        .isEqualTo(200);
    // Taken already, and no address at all.
    for (String email : List.of(ann.name() + "@example.org", WRONG_PASSWORD)) {
      anonymous.post(
          "/api/v1/auth/register",
          Map.of(
              "username", ann.name(),
              "email", email,
              "password", PASSWORD,
              "displayName", DISPLAY_NAME));
    }
    assertThat(anonymous.post("/api/v1/auth/refresh", Map.of("refreshToken", BAD_TOKEN)).status())
        .isEqualTo(401);
    return conversation;
  }

  private static void sockets(User ann, User ben, String conversation) throws Exception {
    try (StompClient a = ann.connect();
        StompClient b = ben.connect()) {
      a.message(conversation, "m3", MESSAGE);
      a.receipt("r-m3");
      b.event("MESSAGE");
      a.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + conversation + "/messages", "receipt", "r"),
          "{\"text\": \"" + BROKEN_MESSAGE);
      a.refusal("r");
    }
    try (StompClient bad = StompClient.open(GATEWAY)) {
      bad.send(
          "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + BAD_TOKEN), "");
      assertThat(bad.next().command()).isEqualTo("ERROR");
    }
    try (StompClient bad = StompClient.open(GATEWAY)) {
      bad.raw(BROKEN_MESSAGE + "\n\n" + MESSAGE + "\0");
      bad.closeCode();
    }
  }

  private static void groups(User ann, User ben) {
    Answer group =
        ann.http()
            .post(
                "/api/v1/groups",
                Map.of("name", GROUP_NAME, "description", MESSAGE, "memberIds", List.of(ben.id())));
    assertThat(group.status()).isEqualTo(201);
    ann.http()
        .delete("/api/v1/groups/" + group.json().get("id").asString() + "/members/" + ben.id());
  }

  /** What a service says of a store that is away must not hold what it was about to store. */
  private static void storeAway(User ann, String conversation) throws Exception {
    RunningFleet.MESSAGES_TO_RABBITMQ.cut();
    try {
      assertThat(
              ann.http()
                  .post(
                      "/api/v1/conversations/" + conversation + "/messages",
                      Map.of("clientMessageId", "m4", "text", MESSAGE))
                  .status())
          .isEqualTo(201);
      Thread.sleep(2_000);
    } finally {
      RunningFleet.MESSAGES_TO_RABBITMQ.restore();
    }
  }

  private void tokens(User ann) {
    Answer token =
        ann.http()
            .post(
                "/api/v1/users/me/tokens",
                Map.of(
                    "name",
                    "t",
                    "scopes",
                    List.of("messages:read"),
                    "password",
                    PASSWORD,
                    "expiresAt",
                    Instant.now().plus(Duration.ofDays(1)).toString()));
    assertThat(token.status()).as(token.response().body()).isEqualTo(201);
    String personal = token.json().get("token").asString();
    secrets.add(personal);
    assertThat(new Http(GATEWAY, personal).get("/api/v1/conversations").status()).isEqualTo(200);
    Answer totp = ann.http().post("/api/v1/users/me/totp", Map.of("password", PASSWORD));
    assertThat(totp.status()).as(totp.response().body()).isBetween(200, 201);
    secrets.add(totp.json().get("secret").asString());
  }

  private void passwordReset(User ben) {
    String email = ben.name() + "@example.org";
    anonymous.post("/api/v1/auth/password/forgot", Map.of("email", email));
    String link = FLEET.mailCatcher().awaitLink(email, "/reset-password#");
    String token = link.substring(link.indexOf('#') + 1);
    secrets.add(token);
    anonymous.post(
        "/api/v1/auth/password/reset", Map.of("token", BAD_TOKEN, "newPassword", NEW_PASSWORD));
    assertThat(
            anonymous
                .post(
                    "/api/v1/auth/password/reset",
                    Map.of("token", token, "newPassword", NEW_PASSWORD))
                .status())
        .isEqualTo(200);
  }

  private String requestWithAnId(User ben, String conversation) throws Exception {
    Answer login =
        anonymous.post("/api/v1/auth/login", Map.of("login", ben.name(), "password", NEW_PASSWORD));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(
                      URI.create(GATEWAY + "/api/v1/conversations/" + conversation + "/messages"))
                  .header("Authorization", "Bearer " + login.json().get("accessToken").asString())
                  .header("X-Request-Id", "of-the-client")
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .headers()
          .firstValue("X-Request-Id")
          .orElseThrow();
    }
  }

  private void readAll() throws IOException {
    for (Path file : files()) {
      List<String> lines = lines(file);
      assertThat(lines).as(file.toString()).isNotEmpty();
      for (String line : lines) {
        for (String secret : secrets) {
          assertThat(line).as(file.toString()).doesNotContain(secret);
        }
        for (Pattern pattern : NEVER) {
          Matcher matcher = pattern.matcher(line);
          assertThat(matcher.find()).as(() -> file + " has " + pattern + ": " + line).isFalse();
        }
        if (!isOfTheJvm(line)) {
          assertEcs(file, line);
        }
      }
    }
  }

  /** What a JVM itself says, before or beside any logging. */
  private static boolean isOfTheJvm(String line) {
    return line.isBlank()
        || line.startsWith("WARNING: ")
        || line.startsWith("OpenJDK ")
        || line.startsWith("Picked up ")
        || line.startsWith("[");
  }

  private static void assertEcs(Path file, String line) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new AssertionError(file + " has a line that is not JSON: " + line, e);
    }
    assertThat(json.path("@timestamp").asString()).as(line).isNotEmpty();
    assertThat(json.at("/log/level").asString()).as(line).isNotEmpty();
    assertThat(json.at("/service/name").asString("")).as(line).isNotEmpty();
    assertThat(json.at("/ecs/version").asString("")).as(line).isNotEmpty();
    assertThat(json.has("message")).as(line).isTrue();
  }

  private static @Nullable JsonNode accessLineOf(String requestId) throws IOException {
    for (String line : lines(log(Fleet.GATEWAY))) {
      if (line.contains(requestId)) {
        JsonNode json = JSON.readTree(line);
        if (json.at("/http/request/id").asString("").equals(requestId)) {
          return json;
        }
      }
    }
    return null;
  }

  private static List<String> auditLines(String service) throws IOException {
    List<String> actions = new ArrayList<>();
    for (String line : lines(log(service))) {
      if (line.contains("\"logger\":\"audit\"")) {
        actions.add(JSON.readTree(line).at("/audit/action").asString());
      }
    }
    return actions;
  }

  /** Without one that is just being written. */
  private static List<String> lines(Path file) throws IOException {
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  private static Path log(String node) {
    return RunningFleet.FOLDER.resolve("logs").resolve(node + ".log");
  }

  private static List<Path> files() {
    return List.of(
        log(Fleet.GATEWAY),
        log(Fleet.USERS),
        log(Fleet.GROUPS),
        log(Fleet.MESSAGES),
        log("message-service-2"),
        log(Fleet.NOTIFICATIONS));
  }
}
