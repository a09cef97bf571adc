package io.parley.group.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.parley.common.access.Scope;
import io.parley.common.access.ServiceTokens;
import io.parley.common.access.SystemRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** user-service as far as group-service sees it: its keys, its tokens, and which users exist. */
public final class FakeUserService {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final KeyPair key = Jwts.SIG.ES256.keyPair().build();
  private final Map<String, String> usernames = new ConcurrentHashMap<>();
  private final Map<String, String> displayNames = new ConcurrentHashMap<>();
  private final Set<Set<String>> blocks = ConcurrentHashMap.newKeySet();
  private final AtomicInteger questions = new AtomicInteger();
  private final Clock clock;
  private final ServiceTokens tokens;
  private final HttpServer server;
  private volatile boolean away;

  public FakeUserService(String secret, Clock clock) {
    this.clock = clock;
    this.tokens = new ServiceTokens(secret, "user-service", clock);
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/.well-known/jwks.json", this::jwks);
    server.createContext("/internal/users/lookup", this::lookUp);
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** A user that exists. */
  public String newUser() {
    String id = UUID.randomUUID().toString();
    return newUser(id, "u" + id.substring(0, 8), "U");
  }

  public String newUser(String username, String displayName) {
    return newUser(UUID.randomUUID().toString(), username, displayName);
  }

  private String newUser(String id, String username, String displayName) {
    usernames.put(id, username);
    displayNames.put(id, displayName);
    return id;
  }

  public void rename(String id, String displayName) {
    displayNames.put(id, displayName);
  }

  /** One of the two has blocked the other. */
  public void block(String one, String other) {
    blocks.add(Set.of(one, other));
  }

  /** With all scopes of an ordinary user. */
  public String token(String userId) {
    return token(userId, SystemRole.USER.scopes());
  }

  public String token(String userId, Set<Scope> scopes) {
    return Jwts.builder()
        .header()
        .type("at+jwt")
        .keyId("test")
        .and()
        .issuer("parley")
        .audience()
        .single("parley")
        .subject(userId)
        .claims(
            Map.of(
                "name",
                usernames.getOrDefault(userId, "somebody"),
                "sid",
                UUID.randomUUID().toString(),
                "scope",
                Scope.format(scopes)))
        .expiration(Date.from(clock.instant().plusSeconds(900)))
        .signWith(key.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  /** From now on answers 500 to questions about users. */
  public void setAway(boolean away) {
    this.away = away;
  }

  /** How often it was asked about users. */
  public int questions() {
    return questions.get();
  }

  private void jwks(HttpExchange exchange) throws IOException {
    Map<String, ?> view =
        Jwks.builder().key((ECPublicKey) key.getPublic()).id("test").algorithm("ES256").build();
    answer(exchange, 200, Map.of("keys", List.of(view)));
  }

  private void lookUp(HttpExchange exchange) throws IOException {
    questions.incrementAndGet();
    String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
    JsonNode ids = request.get("ids");
    String viewer = request.path("viewer").asString("");
    if (away) {
      answer(exchange, 500, Map.of());
    } else if (!tokens.isValid(authorization.replace("Bearer ", ""))) {
      answer(exchange, 401, Map.of());
    } else if (ids.size() > 1000) {
      answer(exchange, 400, Map.of());
    } else {
      List<Map<String, Object>> found = new ArrayList<>();
      ids.valueStream()
          .map(JsonNode::asString)
          .filter(usernames::containsKey)
          .distinct()
          .forEach(id -> found.add(view(id, viewer)));
      answer(exchange, 200, Map.of("items", found));
    }
  }

  private Map<String, Object> view(String id, String viewer) {
    Map<String, Object> view = new HashMap<>();
    view.put("id", id);
    view.put("username", usernames.get(id));
    view.put("displayName", displayNames.get(id));
    view.put(
        "blocked",
        viewer.isEmpty() ? null : !id.equals(viewer) && blocks.contains(Set.of(id, viewer)));
    return view;
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
