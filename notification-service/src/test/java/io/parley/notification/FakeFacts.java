package io.parley.notification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.parley.common.access.ServiceTokens;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * message-service's answers on messages and their recipients, at the wire. Of a message that a test
 * has told of, everything is as usual unless the test says otherwise: it is there, everybody sees
 * it and nobody has read it. Any other is gone.
 */
public final class FakeFacts implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MAX_PAIRS = 500;

  private final ServiceTokens tokens;
  private final HttpServer server;
  private final Map<String, Map<String, Object>> messages = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Object>> recipients = new ConcurrentHashMap<>();
  private final Map<String, Integer> badges = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<String> leftOut = ConcurrentHashMap.newKeySet();
  private volatile int status = 200;
  private volatile Duration delay = Duration.ZERO;

  public FakeFacts(String secret) throws IOException {
    this.tokens = new ServiceTokens(secret, "message-service", Clock.systemUTC());
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/internal/notifications/facts", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** There is such a message. */
  public void add(Stored stored, String text) {
    Map<String, Object> message = new ConcurrentHashMap<>();
    message.put("messageId", stored.messageId());
    message.put("conversationKind", stored.conversationKind());
    message.put("members", stored.recipients().size() + 1);
    message.put("senderId", stored.senderId().toString());
    message.put("senderName", "Ann");
    message.put("text", text);
    message.put("gone", false);
    message.put("sentAt", stored.sentAt().toString());
    messages.put(key(stored), message);
  }

  /** A member of the message's facts is something else. */
  public void message(Stored stored, String name, Object value) {
    messages.computeIfAbsent(key(stored), none -> new ConcurrentHashMap<>()).put(name, value);
  }

  /** A member of what holds for one of its recipients is something else. */
  public void recipient(Stored stored, UserId user, String name, Object value) {
    recipients
        .computeIfAbsent(key(stored) + user, none -> new ConcurrentHashMap<>())
        .put(name, value);
  }

  public void read(Stored stored, UserId user) {
    recipient(stored, user, "read", true);
  }

  /** Questions that have this message among others are refused. */
  public void refuse(Stored stored) {
    refused.add(key(stored));
  }

  /** Nothing is said of its recipients. */
  public void leaveOut(Stored stored) {
    leftOut.add(key(stored));
  }

  /** 0 unless it is said. */
  public void badge(UserId user, int unread) {
    badges.put(user.toString(), unread);
  }

  /** What every request is answered with. */
  public void status(int answered) {
    this.status = answered;
  }

  /** How long every answer takes. */
  public void delay(Duration taken) {
    this.delay = taken;
  }

  /** How often it was asked for this message. */
  public int asked(Stored stored) {
    AtomicInteger count = asked.get(key(stored));
    return count == null ? 0 : count.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static String key(Stored stored) {
    return stored.conversationId() + " " + stored.seq();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
      if (!bearer.startsWith("Bearer ") || !tokens.isValid(bearer.substring(7))) {
        answer(exchange, 401, Map.of());
      } else if (status != 200) {
        count(request);
        answer(exchange, status, Map.of());
      } else {
        int pairs =
            request.get("questions").valueStream().mapToInt(q -> q.get("userIds").size()).sum();
        boolean bad =
            pairs > MAX_PAIRS
                || request.get("questions").valueStream().anyMatch(q -> refused.contains(key(q)));
        pause();
        answer(exchange, bad ? 400 : 200, facts(request));
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void count(JsonNode request) {
    for (JsonNode question : request.get("questions")) {
      asked.computeIfAbsent(key(question), none -> new AtomicInteger()).incrementAndGet();
    }
  }

  private static String key(JsonNode question) {
    return question.get("conversationId").asString() + " " + question.get("seq").asLong();
  }

  private Map<String, Object> facts(JsonNode request) {
    count(request);
    List<Map<String, Object>> answers = new ArrayList<>();
    Map<String, Integer> ofUsers = new HashMap<>();
    for (JsonNode question : request.get("questions")) {
      String key = key(question);
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("conversationId", question.get("conversationId").asString());
      answer.put("seq", question.get("seq").asLong());
      answer.putAll(messages.getOrDefault(key, Map.of("gone", true, "members", 0)));
      List<Map<String, Object>> all = new ArrayList<>();
      for (JsonNode user : question.get("userIds")) {
        Map<String, Object> recipient = new LinkedHashMap<>();
        recipient.put("userId", user.asString());
        recipient.put("sees", true);
        for (String no :
            List.of(
                "read",
                "mentioned",
                "everyone",
                "followsThread",
                "blocked",
                "foreground",
                "doNotDisturb")) {
          recipient.put(no, false);
        }
        recipient.putAll(recipients.getOrDefault(key + user.asString(), Map.of()));
        all.add(recipient);
        ofUsers.put(user.asString(), badges.getOrDefault(user.asString(), 0));
      }
      answer.put("recipients", leftOut.contains(key) ? List.of() : all);
      answers.add(answer);
    }
    return Map.of("messages", answers, "badges", ofUsers);
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
