package io.parley.message;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import io.parley.common.events.BlockChanged;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The two services that message-service asks, at the wire: users, groups and the public keys. */
public final class FakeFleet {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  private final HttpServer server;
  private final KeyPair keys = Jwts.SIG.ES256.keyPair().build();
  private final Set<UserId> users = ConcurrentHashMap.newKeySet();
  private final Map<UserId, String> usernames = new ConcurrentHashMap<>();
  private final Set<String> locked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger askedForNames = new AtomicInteger();
  private volatile Duration namesTake = Duration.ZERO;
  private final NavigableMap<String, String> groups = new ConcurrentSkipListMap<>();
  private volatile boolean groupServiceAway;
  private final Map<String, String> presenceFor = new ConcurrentHashMap<>();
  private final Map<String, String> lastSeenFor = new ConcurrentHashMap<>();
  private final Set<String> contacts = ConcurrentHashMap.newKeySet();
  private volatile boolean presenceAway;
  private final Set<String> receiptsOff = ConcurrentHashMap.newKeySet();
  private volatile boolean usersAreAway;
  private final Map<String, String> personalTokens = new ConcurrentHashMap<>();

  /** Blocks that stand at user-service, by their version. */
  public final NavigableMap<Long, BlockChanged> blocks = new ConcurrentSkipListMap<>();

  public FakeFleet() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/.well-known/jwks.json",
        exchange ->
            answer(
                exchange,
                200,
                "{\"keys\":["
                    + toJson(
                        Jwks.builder()
                            .key((java.security.interfaces.ECPublicKey) keys.getPublic())
                            .id("k1")
                            .build())
                    + "]}"));
    server.createContext(
        "/internal/users/lookup",
        exchange -> {
          if (usersAreAway) {
            answer(exchange, 503, "{}");
            return;
          }
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          StringBuilder items = new StringBuilder();
          Matcher ids = ID.matcher(body.replaceAll("\"viewer\":\"[^\"]*\"", ""));
          while (ids.find()) {
            if (users.contains(UserId.valueOf(ids.group()))) {
              String id = ids.group();
              items
                  .append(items.isEmpty() ? "" : ",")
                  .append("{\"id\":\"" + id + "\",\"username\":\"" + username(id))
                  .append("\",\"displayName\":\"the " + username(id))
                  .append("\",\"readReceipts\":" + !receiptsOff.contains(id))
                  .append(",\"blocked\":" + isBlocked(id, body))
                  .append(locked.contains(id) ? ",\"locked\":true}" : "}");
            }
          }
          answer(exchange, 200, "{\"items\":[" + items + "],\"next\":null}");
        });
    server.createContext("/internal/users/by-username", this::answerNames);
    server.createContext("/internal/users/presence-audience", this::answerLooks);
    server.createContext(
        "/internal/groups",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (groupServiceAway) {
            answer(exchange, 503, "{}");
          } else if (path.endsWith("/groups")) {
            answer(exchange, 200, groupVersions(exchange.getRequestURI().getQuery()));
          } else {
            String group = groups.get(path.substring(path.lastIndexOf('/') + 1));
            answer(exchange, group == null ? 404 : 200, group == null ? "{}" : group);
          }
        });
    server.createContext("/internal/blocks", this::answerBlocks);
    server.createContext(
        "/internal/tokens/introspect",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String answer = "{\"active\":false}";
          for (Map.Entry<String, String> token : personalTokens.entrySet()) {
            if (body.contains('"' + token.getKey() + '"')) {
              answer = token.getValue();
            }
          }
          answer(exchange, 200, answer);
        });
    // One slow answer holds up no other.
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private String username(String id) {
    return usernames.getOrDefault(UserId.valueOf(id), "user-" + id.substring(0, 8));
  }

  private void answerNames(HttpExchange exchange) throws IOException {
    askedForNames.incrementAndGet();
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes()).get("usernames");
    try {
      Thread.sleep(namesTake);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Map<String, Object>> items = new ArrayList<>();
    usernames.forEach(
        (user, name) -> {
          if (asked.valueStream().anyMatch(each -> each.asString().equals(name))) {
            items.add(Map.of("id", user, "username", name));
          }
        });
    answer(exchange, 200, JSON.writeValueAsString(Map.of("items", items)));
  }

  private boolean isBlocked(String id, String body) {
    return blocks.values().stream()
        .anyMatch(
            block ->
                !block.blocker().equals(block.blocked())
                    && (block.blocker().toString().equals(id)
                        || block.blocked().toString().equals(id))
                    && body.contains(block.blocker().toString())
                    && body.contains(block.blocked().toString()));
  }

  /** As user-service has it: by setting, contacts and blocks. */
  private void answerLooks(HttpExchange exchange) throws IOException {
    if (presenceAway) {
      answer(exchange, 503, "{}");
      return;
    }
    List<Map<String, Object>> items = new ArrayList<>();
    for (JsonNode look : JSON.readTree(exchange.getRequestBody()).get("looks")) {
      String viewer = look.get("viewer").asString();
      String owner = look.get("owner").asString();
      if (users.contains(UserId.valueOf(owner))
          && isIn(presenceFor.get(owner), owner, viewer)
          && !isBlocked(owner, "\"" + owner + "\",\"" + viewer + "\"")) {
        boolean lastSeen = isIn(lastSeenFor.get(owner), owner, viewer);
        items.add(Map.of("viewer", viewer, "owner", owner, "lastSeen", lastSeen));
      }
    }
    Map<String, Object> page = new HashMap<>();
    page.put("items", items);
    page.put("next", null);
    answer(exchange, 200, JSON.writeValueAsString(page));
  }

  private boolean isIn(@Nullable String audience, String owner, String viewer) {
    return owner.equals(viewer)
        || audience == null
        || audience.equals("everyone")
        || (audience.equals("contacts") && contacts.contains(owner + viewer));
  }

  /** Who sees the user's presence, and when the user was last online. */
  public void presenceFor(UserId user, String audience, String lastSeen) {
    presenceFor.put(user.toString(), audience);
    lastSeenFor.put(user.toString(), lastSeen);
  }

  /** The owner has the other as a contact. */
  public void contact(UserId owner, UserId contact, boolean isOne) {
    String pair = owner.toString() + contact;
    if (isOne) {
      contacts.add(pair);
    } else {
      contacts.remove(pair);
    }
  }

  /** Without a word: the event that tells of it is the test's. */
  public void readReceipts(UserId user, boolean on) {
    if (on) {
      receiptsOff.remove(user.toString());
    } else {
      receiptsOff.add(user.toString());
    }
  }

  /** Nobody is told who users are. */
  public void usersAreAway(boolean away) {
    usersAreAway = away;
  }

  public void presenceAudiencesAreAway(boolean away) {
    presenceAway = away;
  }

  private void answerBlocks(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    Matcher after = Pattern.compile("after=(\\d+)").matcher(query);
    long from = after.find() ? Long.parseLong(after.group(1)) : 0;
    StringBuilder items = new StringBuilder();
    Long next = null;
    // Pages of two, so that tests cross the edges.
    int count = 0;
    for (BlockChanged block : blocks.tailMap(from, false).values()) {
      if (count++ == 2) {
        break;
      }
      next = block.version();
      items
          .append(items.isEmpty() ? "" : ",")
          .append(
              "{\"blocker\":\"%s\",\"blocked\":\"%s\",\"version\":%d,\"since\":\"%s\"}"
                  .formatted(block.blocker(), block.blocked(), block.version(), block.at()));
    }
    answer(
        exchange,
        200,
        "{\"items\":[" + items + "],\"next\":" + (count > 2 ? "\"" + next + "\"" : null) + "}");
  }

  private static String toJson(Map<String, ?> jwk) {
    StringBuilder json = new StringBuilder("{");
    jwk.forEach(
        (name, value) ->
            json.append(json.length() == 1 ? "" : ",").append('"' + name + "\":\"" + value + '"'));
    return json.append('}').toString();
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A user that exists. */
  public UserId user() {
    UserId user = new UserId(UUID.randomUUID());
    users.add(user);
    return user;
  }

  /** A user that exists, with a username. */
  public UserId user(String username) {
    UserId user = user();
    usernames.put(user, username);
    return user;
  }

  /** A user that exists no more. */
  public void erase(UserId user) {
    users.remove(user);
  }

  public void lock(UserId user, boolean isLocked) {
    if (isLocked) {
      locked.add(user.toString());
    } else {
      locked.remove(user.toString());
    }
  }

  public void rename(UserId user, String username) {
    usernames.put(user, username);
  }

  /** How often it was asked who has a username. */
  public int askedForNames() {
    return askedForNames.get();
  }

  /** How long that takes from now on. */
  public void namesTake(Duration time) {
    namesTake = time;
  }

  /** A group that group-service knows and nobody has heard of by event. */
  public UUID quietGroup(String name, UserId... members) {
    UUID id = UUID.randomUUID();
    List<GroupMembersChanged.Member> all = new ArrayList<>();
    for (UserId member : members) {
      all.add(new GroupMembersChanged.Member(member, GroupRole.MEMBER, true, null, null));
    }
    group(id, name, 1, GroupPolicy.USUAL, false, all);
    return id;
  }

  /** What group-service answers for a group from now on. */
  public void group(
      UUID id,
      String name,
      long version,
      GroupPolicy policy,
      boolean archived,
      List<GroupMembersChanged.Member> members) {
    Map<String, Object> group = new HashMap<>();
    group.put("id", id);
    group.put("name", name);
    group.put("version", version);
    group.put("archived", archived);
    group.put("policy", policy);
    group.put("members", members);
    groups.put(id.toString(), JSON.writeValueAsString(group));
  }

  /** group-service has deleted it. */
  public void forgetGroup(UUID id) {
    groups.remove(id.toString());
  }

  public void groupServiceIsAway(boolean away) {
    groupServiceAway = away;
  }

  /** A page of {id, version}, ordered by id. */
  private String groupVersions(String query) {
    String after = "";
    int limit = 100;
    for (String parameter : query == null ? new String[0] : query.split("&")) {
      if (parameter.startsWith("after=")) {
        after = parameter.substring("after=".length());
      } else if (parameter.startsWith("limit=")) {
        limit = Integer.parseInt(parameter.substring("limit=".length()));
      }
    }
    List<Map<String, Object>> items = new ArrayList<>();
    String last = null;
    for (Map.Entry<String, String> group : groups.tailMap(after, false).entrySet()) {
      if (items.size() == limit) {
        break;
      }
      last = group.getKey();
      long version = JSON.readTree(group.getValue()).get("version").asLong();
      items.add(Map.of("id", last, "version", version));
    }
    Map<String, Object> page = new HashMap<>();
    page.put("items", items);
    page.put("next", items.size() == limit ? last : null);
    return JSON.writeValueAsString(page);
  }

  public String token(UserId user) {
    return token(user, Instant.now().plusSeconds(600), UnaryOperator.identity());
  }

  public String token(UserId user, UUID session, Instant expiresAt, String scopes) {
    return token(
        user, expiresAt, token -> token.claim("sid", session.toString()).claim("scope", scopes));
  }

  public String personalToken(UserId user, UUID tokenId, Instant expiresAt, String scopes) {
    String token = "parley_pat_" + UUID.randomUUID().toString().replace("-", "");
    personalTokens.put(
        token,
        ("{\"active\":true,\"userId\":\"%s\",\"username\":\"bot\",\"tokenId\":\"%s\",\"role\":\"user\","
                + "\"scopes\":\"%s\",\"expiresAt\":\"%s\"}")
            .formatted(user, tokenId, scopes, expiresAt));
    return token;
  }

  public java.security.PublicKey publicKey() {
    return keys.getPublic();
  }

  /** A signed token with something different about it. */
  public String token(UserId user, Instant expiresAt, UnaryOperator<JwtBuilder> change) {
    JwtBuilder builder =
        Jwts.builder()
            .header()
            .keyId("k1")
            .type(AccessTokens.TYPE)
            .and()
            .issuer(AccessTokens.ISSUER)
            .audience()
            .add(AccessTokens.AUDIENCE)
            .and()
            .subject(user.toString())
            .claim("name", username(user.toString()))
            .claim("sid", UUID.randomUUID().toString())
            .claim("scope", Scope.format(SystemRole.USER.scopes()))
            .issuedAt(Date.from(Instant.now()))
            .expiration(Date.from(expiresAt));
    return change.apply(builder).signWith(keys.getPrivate(), Jwts.SIG.ES256).compact();
  }
}
