package io.parley.systemtests.restore;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of {@code run.sh}'s sample users, logged in. */
final class Caller {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PASSWORD = "otter-lantern-seven-hills";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String gateway;
  private final String token;
  private final String id;

  private Caller(String gateway, String token, String id) {
    this.gateway = gateway;
    this.token = token;
    this.id = id;
  }

  /**
   * @param status of HTTP
   * @param tag its ETag; empty if it has none
   */
  record Answer(int status, String tag, JsonNode body) {
    JsonNode expect(int expected) {
      if (status != expected) {
        throw new AssertionError("answered " + status + " and not " + expected + ": " + body);
      }
      return body;
    }
  }

  static Caller logIn(String gateway, String name) throws IOException, InterruptedException {
    JsonNode session =
        new Caller(gateway, "", "")
            .call("POST", "/auth/login", Map.of("login", name, "password", PASSWORD))
            .expect(200);
    return new Caller(
        gateway, session.get("accessToken").asString(), session.get("user").get("id").asString());
  }

  String id() {
    return id;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  Answer call(String method, String path, Object body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /** Changes what was read just now. */
  Answer edit(String path, Object body) throws IOException, InterruptedException {
    Answer read = get(path);
    read.expect(200);
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("If-Match", read.tag())
            .method("PATCH", HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway + "/api/v1" + path)).timeout(PATIENCE);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("ETag").orElse(""),
        response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body()));
  }
}
