package io.parley.message;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A REST client for tests: one user at one address. */
public record Http(String base, String token) {

  /** An answer. */
  public record Answer(int status, JsonNode json, HttpResponse<String> response) {
    /** The last part of the problem's type. */
    public String slug() {
      String type = json.path("type").asString();
      return type.substring(type.lastIndexOf('/') + 1);
    }
  }

  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Calls again while the answer is 503, as clients do: 20 times at most, half a second apart. */
  public static Answer patiently(Supplier<Answer> call) {
    Answer answer = call.get();
    for (int again = 0; again < 20 && answer.status() == 503; again++) {
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
      answer = call.get();
    }
    return answer;
  }

  public Answer get(String path) {
    return call("GET", path, "");
  }

  public Answer post(String path, Object body) {
    return call("POST", path, body);
  }

  public Answer put(String path, Object body) {
    return call("PUT", path, body);
  }

  public Answer delete(String path) {
    return call("DELETE", path, "");
  }

  /**
   * @param body sent as it is when a string, else as JSON
   */
  public Answer call(String method, String path, Object body) {
    return call(method, path, body, Map.of());
  }

  public Answer call(String method, String path, Object body, Map<String, String> headers) {
    String text = body instanceof String string ? string : JSON.writeValueAsString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/json")
            .method(
                method,
                text.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(text));
    headers.forEach(request::header);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String answer = response.body();
      return new Answer(
          response.statusCode(),
          answer.startsWith("{") || answer.startsWith("[")
              ? JSON.readTree(answer)
              : JSON.missingNode(),
          response);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
