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
import io.parley.common.ids.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two services that message-service asks, at the wire: users, groups and the public keys. */
public final class FakeFleet {

  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  private final HttpServer server;
  private final KeyPair keys = Jwts.SIG.ES256.keyPair().build();
  private final Set<UserId> users = ConcurrentHashMap.newKeySet();
  private final Map<String, String> groups = new ConcurrentHashMap<>();
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
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          StringBuilder items = new StringBuilder();
          Matcher ids = ID.matcher(body.replaceAll("\"viewer\":\"[^\"]*\"", ""));
          while (ids.find()) {
            if (users.contains(UserId.valueOf(ids.group()))) {
              String id = ids.group();
              items
                  .append(items.isEmpty() ? "" : ",")
                  .append("{\"id\":\"" + id + "\",\"blocked\":" + isBlocked(id, body) + "}");
            }
          }
          answer(exchange, 200, "{\"items\":[" + items + "],\"next\":null}");
        });
    server.createContext(
        "/internal/groups/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String group = groups.get(path.substring(path.lastIndexOf('/') + 1));
          answer(exchange, group == null ? 404 : 200, group == null ? "{}" : group);
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
    server.start();
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

  /** A group that group-service knows and nobody has heard of by event. */
  public UUID quietGroup(String name, UserId... members) {
    UUID id = UUID.randomUUID();
    StringBuilder json = new StringBuilder();
    for (UserId member : members) {
      json.append(json.isEmpty() ? "" : ",")
          .append("{\"userId\":\"" + member + "\",\"role\":\"member\"}");
    }
    groups.put(
        id.toString(),
        "{\"id\":\""
            + id
            + "\",\"name\":\""
            + name
            + "\",\"version\":1,\"members\":["
            + json
            + "]}");
    return id;
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
            .claim("name", "user-" + user.toString().substring(0, 8))
            .claim("sid", UUID.randomUUID().toString())
            .claim("scope", Scope.format(SystemRole.USER.scopes()))
            .issuedAt(Date.from(Instant.now()))
            .expiration(Date.from(expiresAt));
    return change.apply(builder).signWith(keys.getPrivate(), Jwts.SIG.ES256).compact();
  }
}
