package io.parley.systemtests.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The few calls of the REST API that make users, devices and conversations, and read the inbox. */
final class LoadApi {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String PASSWORD = "seven otters under lanterns";

  /** Groups reach message-service as events, one after the other. */
  private static final Duration GROUP_IS_KNOWN_WITHIN = Duration.ofMinutes(2);

  private static final int MOST_TRIES = 5;
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Clock clock = Clock.systemUTC();
  private final URI gateway;

  LoadApi(URI gateway) {
    this.gateway = gateway;
  }

  User register(String name) throws IOException, InterruptedException {
    return user(
        post(
            "/auth/register",
            "",
            Map.of(
                "username",
                name,
                "email",
                name + "@example.org",
                "password",
                PASSWORD,
                "displayName",
                name)));
  }

  /** With new tokens; empty if the fleet does not know this user. */
  Optional<User> renewed(User user) throws IOException, InterruptedException {
    HttpResponse<String> refreshed =
        answer("/auth/refresh", "", Map.of("refreshToken", user.refreshToken()));
    if (refreshed.statusCode() != 401) {
      return Optional.of(user(read(refreshed)));
    }
    // A token that was used up by a run that was killed before it kept the new one.
    HttpResponse<String> loggedIn =
        answer("/auth/login", "", Map.of("login", user.name(), "password", PASSWORD));
    return loggedIn.statusCode() == 401 ? Optional.empty() : Optional.of(user(read(loggedIn)));
  }

  /**
   * Makes a direct conversation or a group.
   *
   * @param members the first makes it
   * @return the conversation's id
   */
  String conversation(List<User> members) throws IOException, InterruptedException {
    List<String> others = members.stream().skip(1).map(User::id).toList();
    JsonNode made =
        others.size() == 1
            ? post(
                "/conversations/direct",
                members.get(0).accessToken(),
                Map.of("userId", others.get(0)))
            : post(
                "/groups",
                members.get(0).accessToken(),
                Map.of("name", "load", "description", "", "memberIds", others));
    return made.get("id").asString();
  }

  /**
   * Makes a group, of two as well.
   *
   * @param members the first makes it
   */
  String group(List<User> members) throws IOException, InterruptedException {
    return post(
            "/groups",
            members.get(0).accessToken(),
            Map.of("name", "load", "memberIds", members.stream().skip(1).map(User::id).toList()))
        .get("id")
        .asString();
  }

  /**
   * Sends a message, as soon as message-service knows of the group.
   *
   * @return the message's id
   */
  String say(User author, String conversation) throws IOException, InterruptedException {
    String path = "/conversations/" + conversation + "/messages";
    Map<String, String> body =
        Map.of("clientMessageId", UUID.randomUUID().toString(), "text", "x".repeat(100));
    long patience = System.nanoTime() + GROUP_IS_KNOWN_WITHIN.toNanos();
    HttpResponse<String> answer = answer(path, author.accessToken(), body);
    while (answer.statusCode() >= 400 && System.nanoTime() < patience) {
      Thread.sleep(200);
      answer = answer(path, author.accessToken(), body);
    }
    return read(answer).get("id").asString();
  }

  /**
   * Registers a phone.
   *
   * @param token that pushes are sent to
   * @return the device's id
   */
  String device(User user, String token) throws IOException, InterruptedException {
    return post("/devices", user.accessToken(), Map.of("platform", "android", "token", token))
        .get("id")
        .asString();
  }

  /**
   * A page of the inbox.
   *
   * @param ids to which those of its conversations are added
   * @param cursor empty for the first page
   * @return the cursor of the next page; empty on the last one
   */
  Optional<String> inbox(User user, int limit, Optional<String> cursor, List<String> ids)
      throws IOException, InterruptedException {
    String after = cursor.map(text -> "&cursor=" + text).orElse("");
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/api/v1/conversations?limit=" + limit + after))
            .header("Authorization", "Bearer " + user.accessToken())
            .build();
    JsonNode page = read(http.send(request, HttpResponse.BodyHandlers.ofString()));
    page.get("items").forEach(item -> ids.add(item.get("id").asString()));
    return page.get("next").isNull() ? Optional.empty() : Optional.of(page.get("next").asString());
  }

  private User user(JsonNode signedIn) {
    return new User(
        signedIn.get("user").get("id").asString(),
        signedIn.get("user").get("username").asString(),
        signedIn.get("accessToken").asString(),
        signedIn.get("refreshToken").asString(),
        clock.instant().plusSeconds(signedIn.get("expiresIn").asLong()));
  }

  private JsonNode post(String path, String token, Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = answer(path, token, body);
    // Limits are wide enough; but while Redis is slow some are closed.
    for (int tries = 1; answer.statusCode() == 429 && tries < MOST_TRIES; tries++) {
      Thread.sleep(AFTER_REFUSAL);
      answer = answer(path, token, body);
    }
    return read(answer);
  }

  private static JsonNode read(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() >= 300) {
      throw new IOException(answer.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> answer(String path, String token, Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.resolve("/api/v1" + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
