package io.parley.notification.fakefcm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for Firebase Cloud Messaging's HTTP v1 API, for local runs and tests.
 *
 * <ul>
 *   <li>{@code POST /v1/projects/{project}/messages:send} answers as FCM does; a token's prefix
 *       chooses a failure ({@link Behaviour}), {@code slow-<millis>-} a late success
 *   <li>{@code GET /pushes} shows what was taken, newest first: {@code {"items": [{at, project,
 *       name, message}]}}; with {@code ?token=} only what went there
 *   <li>{@code GET /refusals} shows what was refused in the same form, with {@code status}
 *   <li>{@code DELETE /pushes} forgets both
 * </ul>
 */
public final class FakeFcm implements AutoCloseable {

  private static final Pattern SEND = Pattern.compile("/v1/projects/([^/]+)/messages:send");
  private static final Pattern SLOW = Pattern.compile("slow-(\\d{1,6})-.*");
  private static final int DEFAULT_KEEP = 1_000;
  private static final int MAX_PAYLOAD_BYTES = 4_096;

  private final HttpServer server;
  private final Clock clock = Clock.systemUTC();
  private final int keep;
  private final Deque<Map<String, Object>> pushes = new ArrayDeque<>();
  private final Deque<Map<String, Object>> refusals = new ArrayDeque<>();
  private final Map<String, Integer> begun = new ConcurrentHashMap<>();
  private final Map<String, Integer> sends = new ConcurrentHashMap<>();
  private volatile int retryAfterSeconds = 1;

  /**
   * @param port 0 for any free one
   * @param keep how many pushes and refusals are remembered
   */
  public FakeFcm(InetAddress host, int port, int keep) throws IOException {
    this.keep = keep;
    this.server = HttpServer.create(new InetSocketAddress(host, port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** On the loopback address. */
  public FakeFcm(int port) throws IOException {
    this(InetAddress.getLoopbackAddress(), port, DEFAULT_KEEP);
  }

  public static void main(String[] args) throws IOException {
    int port = 18086;
    int keep = DEFAULT_KEEP;
    String host = "127.0.0.1";
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--port" -> port = Integer.parseInt(value);
        case "--keep" -> keep = Integer.parseInt(value);
        case "--host" -> host = value;
        default -> {
          System.err.println("usage: fake-fcm [--port N] [--host ADDRESS] [--keep N]");
          System.exit(2);
        }
      }
    }
    try {
      FakeFcm fake = new FakeFcm(InetAddress.getByName(host), port, keep);
      System.out.println("fake FCM at " + fake.endpoint() + ", pushes at /pushes");
    } catch (IOException e) {
      System.err.println("fake FCM can not listen on " + host + ":" + port + ": " + e.getMessage());
      System.exit(1);
    }
  }

  public String endpoint() {
    InetSocketAddress address = server.getAddress();
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** What 429 and 503 ask for; 0 for no Retry-After header. */
  public void retryAfterSeconds(int seconds) {
    this.retryAfterSeconds = seconds;
  }

  /** How often the token was sent to, late successes that are still to come included. */
  public int begun(String token) {
    return begun.getOrDefault(token, 0);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String call = exchange.getRequestMethod() + " " + path;
      Matcher send = SEND.matcher(path);
      if (send.matches() && "POST".equals(exchange.getRequestMethod())) {
        send(exchange, send.group(1));
      } else if ("GET /pushes".equals(call)) {
        answer(exchange, 200, Map.of("items", list(pushes, token(exchange))));
      } else if ("GET /refusals".equals(call)) {
        answer(exchange, 200, Map.of("items", list(refusals, token(exchange))));
      } else if ("DELETE /pushes".equals(call)) {
        clear();
        exchange.sendResponseHeaders(204, -1);
      } else if ("GET /".equals(call) || "GET /health".equals(call)) {
        answer(exchange, 200, Map.of("status", "UP", "pushes", "/pushes", "refusals", "/refusals"));
      } else {
        answer(exchange, 404, Behaviour.body(404, "No such call", "NOT_FOUND", null));
      }
    }
  }

  private void send(HttpExchange exchange, String project) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      answer(
          exchange,
          401,
          Behaviour.body(401, "Request had no credential.", "UNAUTHENTICATED", null));
      return;
    }
    byte[] body = body(exchange);
    Map<?, ?> message = message(body);
    String token = message != null && message.get("token") instanceof String t ? t : null;
    if (message == null
        || token == null
        || token.isEmpty()
        || body.length > 2 * MAX_PAYLOAD_BYTES) {
      answer(
          exchange,
          400,
          Behaviour.body(
              400, "Invalid JSON payload received.", "INVALID_ARGUMENT", "INVALID_ARGUMENT"));
      return;
    }
    begun.merge(token, 1, Integer::sum);
    delay(token);
    Behaviour failure = Behaviour.of(token, sends.merge(token, 1, Integer::sum));
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("at", clock.instant().toString());
    entry.put("project", project);
    if (failure == null) {
      String name = "projects/" + project + "/messages/0:" + UUID.randomUUID();
      entry.put("name", name);
      entry.put("message", message);
      remember(pushes, entry);
      answer(exchange, 200, Map.of("name", name));
    } else {
      entry.put("status", failure.status);
      entry.put("message", message);
      remember(refusals, entry);
      if (failure.asksToWait() && retryAfterSeconds > 0) {
        exchange.getResponseHeaders().set("Retry-After", Integer.toString(retryAfterSeconds));
      }
      answer(exchange, failure.status, failure.body());
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream in =
        zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      return in.readAllBytes();
    }
  }

  private static @Nullable Map<?, ?> message(byte[] body) {
    try {
      return Json.parse(new String(body, StandardCharsets.UTF_8)) instanceof Map<?, ?> request
              && request.get("message") instanceof Map<?, ?> message
          ? message
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static void delay(String token) {
    Matcher slow = SLOW.matcher(token);
    if (slow.matches()) {
      try {
        Thread.sleep(Long.parseLong(slow.group(1)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static @Nullable String token(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    return query != null && query.startsWith("token=") ? query.substring("token=".length()) : null;
  }

  private synchronized void remember(
      Deque<Map<String, Object>> entries, Map<String, Object> entry) {
    entries.addFirst(entry);
    if (entries.size() > keep) {
      entries.removeLast();
    }
  }

  private synchronized List<Map<String, Object>> list(
      Deque<Map<String, Object>> entries, @Nullable String token) {
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Map<String, Object> entry : entries) {
      if (token == null
          || (entry.get("message") instanceof Map<?, ?> message
              && token.equals(message.get("token")))) {
        listed.add(entry);
      }
    }
    return listed;
  }

  private synchronized void clear() {
    pushes.clear();
    refusals.clear();
    begun.clear();
    sends.clear();
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
