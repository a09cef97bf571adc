package io.parley.notification.fakefcm;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for Firebase Cloud Messaging's HTTP v1 API, and for browsers' push services, for local
 * runs and tests.
 *
 * <ul>
 *   <li>{@code GET /} shows a person what came
 *   <li>{@code POST /v1/projects/{project}/messages:send} answers as FCM does; a token's prefix
 *       chooses a failure ({@link Behaviour}), {@code slow-<millis>-} a late success
 *   <li>{@code POST /web-push} makes a subscription as a browser has it; {@code POST
 *       /web-push/{name}} takes a push (RFC 8030), and opens it if it is for such a subscription;
 *       of other names the prefix chooses a failure as above; {@code DELETE} ends it
 *   <li>{@code GET /pushes} shows what was taken, newest first: {@code {"items": [{at, project,
 *       name, message}]}}, of Web Push {@code {at, endpoint, headers, message}}; with {@code
 *       ?token=} only what went there, with {@code &limit=} no more
 *   <li>{@code GET /refusals} shows what was refused in the same form, with {@code status}
 *   <li>{@code DELETE /pushes} forgets both
 *   <li>{@code POST /rules} tells it to fail, to be slow or to limit: {@code {"token": "abc*",
 *       "status": 503, "retryAfter": 5, "delayMillis": 200, "times": 3, "perMinute": 60}}, each of
 *       which may be absent; {@code GET} and {@code DELETE /rules}
 * </ul>
 */
public final class FakeFcm implements AutoCloseable {

  private static final Pattern SEND = Pattern.compile("/v1/projects/([^/]+)/messages:send");
  private static final Pattern WEB_PUSH = Pattern.compile("/web-push/([A-Za-z0-9_-]{1,100})");
  private static final Pattern SLOW = Pattern.compile("slow-(\\d{1,6})-.*");
  private static final int DEFAULT_KEEP = 10_000;
  private static final int MAX_PAYLOAD_BYTES = 4_096;
  private static final int MAX_REQUEST_BYTES = 64 * 1024;
  private static final Duration LONGEST_VAPID = Duration.ofHours(24);

  private final HttpServer server;
  private final Clock clock = Clock.systemUTC();
  private final Kept pushes;
  private final Kept refusals;
  private final Rules rules = new Rules();
  private final Map<String, WebPushReceiver> subscriptions = new ConcurrentHashMap<>();
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> begun = new ConcurrentHashMap<>();
  private final Map<String, Integer> sends = new ConcurrentHashMap<>();
  private volatile int retryAfterSeconds = 1;

  /**
   * @param port 0 for any free one
   * @param keep how many pushes, and how many refusals, are remembered
   */
  public FakeFcm(InetAddress host, int port, int keep) throws IOException {
    this.pushes = new Kept(keep);
    this.refusals = new Kept(keep);
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
      String method = exchange.getRequestMethod();
      Matcher send = SEND.matcher(path);
      Matcher webPush = WEB_PUSH.matcher(path);
      if (send.matches() && "POST".equals(method)) {
        send(exchange, send.group(1));
      } else if (webPush.matches() && "POST".equals(method)) {
        webPush(exchange, webPush.group(1));
      } else if (webPush.matches() && "DELETE".equals(method)) {
        subscriptions.remove(webPush.group(1));
        ended.add(webPush.group(1));
        exchange.sendResponseHeaders(204, -1);
      } else {
        handle(exchange, method + " " + path);
      }
    }
  }

  private void handle(HttpExchange exchange, String call) throws IOException {
    switch (call) {
      case "POST /web-push" -> subscribe(exchange);
      case "GET /pushes" -> list(exchange, pushes);
      case "GET /refusals" -> list(exchange, refusals);
      case "DELETE /pushes" -> {
        clear();
        exchange.sendResponseHeaders(204, -1);
      }
      case "GET /rules" ->
          answer(
              exchange, 200, Map.of("items", rules.list().stream().map(Rules.Rule::view).toList()));
      case "POST /rules" -> addRule(exchange);
      case "DELETE /rules" -> {
        rules.clear();
        exchange.sendResponseHeaders(204, -1);
      }
      case "GET /health" ->
          answer(exchange, 200, Map.of("status", "UP", "pushes", "/pushes", "rules", "/rules"));
      case "GET /" -> {
        String page = PushPage.of(pushes, refusals, rules.list(), parameter(exchange, "token"));
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=UTF-8");
        write(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
      }
      default -> answer(exchange, 404, Behaviour.body(404, "No such call", "NOT_FOUND", null));
    }
  }

  private void addRule(HttpExchange exchange) throws IOException {
    try {
      Rules.Rule rule = Rules.read(Json.parse(new String(body(exchange), StandardCharsets.UTF_8)));
      rules.add(rule);
      answer(exchange, 201, rule.view());
    } catch (IllegalArgumentException e) {
      answer(
          exchange,
          400,
          Behaviour.body(400, String.valueOf(e.getMessage()), "INVALID_ARGUMENT", null));
    }
  }

  // --- FCM

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
    if (message == null || token == null || token.isEmpty()) {
      refuseArgument(exchange, "Invalid JSON payload received.");
      return;
    }
    if (payloadBytes(message) > MAX_PAYLOAD_BYTES) {
      refuseArgument(exchange, "Message is too big");
      return;
    }
    Map<String, Object> entry = entry();
    entry.put("project", project);
    entry.put("message", message);
    Failure failure = decide(token);
    if (failure == null) {
      String name = "projects/" + project + "/messages/0:" + UUID.randomUUID();
      entry.put("name", name);
      pushes.add(token, entry);
      answer(exchange, 200, Map.of("name", name));
    } else {
      entry.put("status", failure.status());
      refusals.add(token, entry);
      askToWait(exchange, failure);
      answer(exchange, failure.status(), failure.body());
    }
  }

  private static void refuseArgument(HttpExchange exchange, String message) throws IOException {
    answer(exchange, 400, Behaviour.body(400, message, "INVALID_ARGUMENT", "INVALID_ARGUMENT"));
  }

  private static int payloadBytes(Map<?, ?> message) {
    Map<Object, Object> payload = new LinkedHashMap<>(message);
    payload.remove("token");
    return bytes(payload);
  }

  /** As UTF-8 with what JSON needs about it, whatever was escaped on the way. */
  private static int bytes(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return 2
          + map.entrySet().stream()
              .mapToInt(member -> bytes(member.getKey()) + bytes(member.getValue()) + 2)
              .sum();
    }
    if (value instanceof List<?> list) {
      return 2 + list.stream().mapToInt(item -> bytes(item) + 1).sum();
    }
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8).length + 2;
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

  // --- Web Push

  private void subscribe(HttpExchange exchange) throws IOException {
    String name = UUID.randomUUID().toString();
    WebPushReceiver receiver = new WebPushReceiver();
    subscriptions.put(name, receiver);
    answer(
        exchange,
        201,
        Map.of(
            "endpoint",
            origin(exchange) + "/web-push/" + name,
            "keys",
            Map.of("p256dh", receiver.p256dh(), "auth", receiver.auth())));
  }

  private void webPush(HttpExchange exchange, String name) throws IOException {
    byte[] body = body(exchange);
    Headers headers = exchange.getRequestHeaders();
    Map<String, Object> entry = entry();
    entry.put("endpoint", origin(exchange) + "/web-push/" + name);
    entry.put("headers", headers(headers));
    Failure failure = refusal(exchange, body);
    if (failure == null) {
      failure = ended.contains(name) ? new Failure(410, 0, Map.of()) : decide(name);
    }
    if (failure != null) {
      entry.put("status", failure.status());
      refusals.add(name, entry);
      askToWait(exchange, failure);
      exchange.sendResponseHeaders(failure.status(), -1);
      return;
    }
    WebPushReceiver receiver = subscriptions.get(name);
    if (receiver != null) {
      try {
        String opened = receiver.open(body);
        entry.put("message", json(opened));
      } catch (GeneralSecurityException | RuntimeException e) {
        // A push service can not know; a browser would drop it.
        entry.put("unreadable", e.toString());
      }
    }
    pushes.add(name, entry);
    exchange.getResponseHeaders().set("TTL", String.valueOf(headers.getFirst("TTL")));
    exchange
        .getResponseHeaders()
        .set("Location", origin(exchange) + "/messages/" + UUID.randomUUID());
    exchange.sendResponseHeaders(201, -1);
  }

  private static Object json(String text) {
    try {
      Object parsed = Json.parse(text);
      return parsed == null ? text : parsed;
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** Null when it is what RFC 8030 and RFC 8292 ask for. */
  private @Nullable Failure refusal(HttpExchange exchange, byte[] body) {
    Headers headers = exchange.getRequestHeaders();
    String ttl = headers.getFirst("TTL");
    if (ttl == null || !ttl.matches("\\d{1,9}")) {
      return new Failure(400, 0, Map.of());
    }
    if (!"aes128gcm".equals(headers.getFirst("Content-Encoding"))) {
      return new Failure(415, 0, Map.of());
    }
    if (body.length > MAX_PAYLOAD_BYTES) {
      return new Failure(413, 0, Map.of());
    }
    try {
      Map<?, ?> claims = WebPushReceiver.vapid(headers.getFirst("Authorization"));
      long now = clock.instant().getEpochSecond();
      if (claims.get("exp") instanceof Double exp
          && exp > now
          && exp <= now + LONGEST_VAPID.toSeconds()
          && origin(exchange).equals(claims.get("aud"))) {
        return null;
      }
    } catch (GeneralSecurityException e) {
      // Below.
    }
    return new Failure(403, 0, Map.of());
  }

  private static Map<String, Object> headers(Headers headers) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (String name : List.of("TTL", "Urgency", "Topic", "Content-Encoding")) {
      String value = headers.getFirst(name);
      if (value != null) {
        shown.put(name, value);
      }
    }
    return shown;
  }

  private static String origin(HttpExchange exchange) {
    return "http://" + exchange.getRequestHeaders().getFirst("Host");
  }

  // --- both

  /**
   * @param body of FCM's answer
   */
  private record Failure(int status, int retryAfterSeconds, Map<String, Object> body) {}

  private @Nullable Failure decide(String token) {
    begun.merge(token, 1, Integer::sum);
    Rules.Verdict verdict = rules.apply(token);
    sleep(verdict.delayMillis());
    Matcher slow = SLOW.matcher(token);
    if (slow.matches()) {
      sleep(Integer.parseInt(slow.group(1)));
    }
    int nth = sends.merge(token, 1, Integer::sum);
    if (verdict.status() != null) {
      Behaviour like = Behaviour.withStatus(verdict.status());
      return new Failure(
          verdict.status(),
          verdict.retryAfterSeconds(),
          like == null
              ? Behaviour.body(verdict.status(), "As told", "UNKNOWN", null)
              : like.body());
    }
    Behaviour behaviour = Behaviour.of(token, nth);
    return behaviour == null
        ? null
        : new Failure(
            behaviour.status, behaviour.asksToWait() ? retryAfterSeconds : 0, behaviour.body());
  }

  private Map<String, Object> entry() {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("at", clock.instant().toString());
    return entry;
  }

  private static void askToWait(HttpExchange exchange, Failure failure) {
    if (failure.retryAfterSeconds() > 0) {
      exchange
          .getResponseHeaders()
          .set("Retry-After", Integer.toString(failure.retryAfterSeconds()));
    }
  }

  private static void sleep(int millis) {
    if (millis > 0) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream in =
        zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      return in.readNBytes(MAX_REQUEST_BYTES);
    }
  }

  private static @Nullable String parameter(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private static void list(HttpExchange exchange, Kept kept) throws IOException {
    String limit = parameter(exchange, "limit");
    int most = limit == null || !limit.matches("\\d{1,6}") ? DEFAULT_KEEP : Integer.parseInt(limit);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(200, 0);
    Kept.write(kept.list(parameter(exchange, "token"), most), exchange.getResponseBody());
  }

  private void clear() {
    pushes.clear();
    refusals.clear();
    begun.clear();
    sends.clear();
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    write(exchange, status, Json.write(body).getBytes(StandardCharsets.UTF_8));
  }

  private static void write(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
