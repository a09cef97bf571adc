package io.parley.group.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a service as a client would: over HTTP, with whatever bytes a test likes. */
public final class Api {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String base;
  private final @Nullable String authorization;

  private Api(String base, @Nullable String authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  public static Api at(int port) {
    return new Api("http://localhost:" + port, null);
  }

  public Api withToken(String token) {
    return new Api(base, "Bearer " + token);
  }

  public Api withAuthorization(String value) {
    return new Api(base, value);
  }

  public Answer get(String path) {
    return send("GET", path, null, "application/json");
  }

  public Answer post(String path, Object body) {
    return send("POST", path, text(body), "application/json");
  }

  public Answer put(String path, Object body) {
    return send("PUT", path, text(body), "application/json");
  }

  public Answer patch(String path, Object body) {
    return send("PATCH", path, text(body), "application/json");
  }

  /** An edit of what had this ETag. */
  public Answer patch(String path, Object body, String ifMatch) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("If-Match", ifMatch)
            .method("PATCH", HttpRequest.BodyPublishers.ofString(text(body))));
  }

  public Answer put(String path, byte[] body, String contentType) {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .method("PUT", HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  public Answer delete(String path) {
    return send("DELETE", path, null, "application/json");
  }

  /** A POST that may be repeated. */
  public Answer post(String path, Object body, String idempotencyKey) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .method("POST", HttpRequest.BodyPublishers.ofString(text(body))));
  }

  /** The body without a stated length, in chunks. */
  public Answer postChunked(String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(
                "POST",
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))));
  }

  public Answer send(String method, String path, @Nullable String body, String contentType) {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.body(), response.headers().map());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String text(Object body) {
    return body instanceof String text ? text : JSON.writeValueAsString(body);
  }

  /** What came back. */
  public record Answer(int status, String text, Map<String, List<String>> headers) {

    public JsonNode json() {
      return JSON.readTree(text);
    }

    public String at(String pointer) {
      return json().at(pointer).asString();
    }

    public String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }

    /** The slug of a problem, with its status in front: "409 username-taken". */
    public String problem() {
      String type = json().path("type").asString();
      return status + " " + type.substring(type.lastIndexOf('/') + 1);
    }
  }
}
