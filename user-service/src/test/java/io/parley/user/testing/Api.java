package io.parley.user.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
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

  private final Map<String, String> headers;

  private Api(String base, @Nullable String authorization, Map<String, String> headers) {
    this.base = base;
    this.authorization = authorization;
    this.headers = headers;
  }

  public static Api at(int port) {
    return new Api("http://localhost:" + port, null, Map.of());
  }

  public Api withToken(String token) {
    return new Api(base, "Bearer " + token, headers);
  }

  public Api withAuthorization(String value) {
    return new Api(base, value, headers);
  }

  /** As if the gateway had seen the client at this address. */
  public Api from(String address) {
    return with("X-Forwarded-For", address);
  }

  public Api with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Api(base, authorization, more);
  }

  public Answer get(String path) {
    return send("GET", path, null, "application/json");
  }

  public Answer post(String path, Object body) {
    return send("POST", path, text(body), "application/json");
  }

  public Answer patch(String path, Object body) {
    return send("PATCH", path, text(body), "application/json");
  }

  public Answer put(String path, Object body) {
    return send("PUT", path, text(body), "application/json");
  }

  /** Without a body. */
  public Answer put(String path) {
    return send("PUT", path, null, "application/json");
  }

  public Answer delete(String path) {
    return send("DELETE", path, null, "application/json");
  }

  /** With further headers, which replace those of the same name. */
  public Answer send(String method, String path, byte[] body, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(path).method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    return send(request);
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
    headers.forEach(request::header);
    return request;
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
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
  public record Answer(int status, byte[] bytes, Map<String, List<String>> headers) {

    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
      return JSON.readTree(text());
    }

    /** The first of that name, which is in lower case. */
    public @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.get(0);
    }

    @Override
    public String toString() {
      return status + " " + text();
    }

    public String at(String pointer) {
      return json().at(pointer).asString();
    }

    /** The slug of a problem, with its status in front: "409 username-taken". */
    public String problem() {
      String type = json().path("type").asString();
      return status + " " + type.substring(type.lastIndexOf('/') + 1);
    }
  }
}
