package io.parley.notification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** user-service's answers on where mail reaches somebody, at the wire. */
public final class FakeMailboxes {

  private static final String PATH = "/internal/users/";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ServiceTokens tokens;
  private final Map<String, Map<String, String>> mailboxes = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private volatile int status = 200;

  FakeMailboxes(String secret, HttpServer server) {
    this.tokens = new ServiceTokens(secret, "user-service", Clock.systemUTC());
    server.createContext(PATH, this::handle);
  }

  /** The user has a verified address. */
  public void add(UserId user, String email, String displayName, String locale) {
    mailboxes.put(
        user.toString(), Map.of("email", email, "displayName", displayName, "locale", locale));
  }

  /** What every request is answered with. */
  public void status(int answered) {
    this.status = answered;
  }

  public int asked(UserId user) {
    AtomicInteger count = asked.get(user.toString());
    return count == null ? 0 : count.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      String path = exchange.getRequestURI().getPath();
      JsonNode question = JSON.readTree(exchange.getRequestBody().readAllBytes());
      if (!bearer.startsWith("Bearer ") || !tokens.isValid(bearer.substring(7))) {
        answer(exchange, 401, null);
      } else if (!path.endsWith("/mailbox")
          || !exchange.getRequestMethod().equals("POST")
          || !question.get("purpose").asString().equals("digest")) {
        answer(exchange, 404, null);
      } else {
        String user = path.substring(PATH.length(), path.length() - "/mailbox".length());
        asked.computeIfAbsent(user, none -> new AtomicInteger()).incrementAndGet();
        Map<String, String> mailbox = mailboxes.get(user);
        answer(exchange, status == 200 && mailbox == null ? 204 : status, mailbox);
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, @Nullable Map<String, String> body)
      throws IOException {
    if (status != 200) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    byte[] bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
