package io.parley.notification;

import com.sun.net.httpserver.HttpServer;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** user-service's part in access tokens: a signing key, and its public half over HTTP. */
public final class TestTokens implements AutoCloseable {

  private static final String KEY_ID = "test-key";

  private final KeyPair keys = Jwts.SIG.ES256.keyPair().build();
  private final HttpServer server;

  public TestTokens() throws IOException {
    byte[] jwks =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "keys",
                    List.of(Jwks.builder().key((ECPublicKey) keys.getPublic()).id(KEY_ID).build())))
            .getBytes(StandardCharsets.UTF_8);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/.well-known/jwks.json",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, jwks.length);
            exchange.getResponseBody().write(jwks);
          }
        });
    server.start();
  }

  /** What user-service says of mailboxes, at the same address. */
  FakeMailboxes mailboxes(String secret) {
    return new FakeMailboxes(secret, server);
  }

  public String userUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A valid token with a user's scopes. */
  public String of(UserId user) {
    return with(user, SystemRole.USER.scopes());
  }

  /** As {@link #of(UserId)}, of this session. */
  public String of(UserId user, UUID session) {
    return claims(user)
        .claim("sid", session.toString())
        .claim("scope", Scope.format(SystemRole.USER.scopes()))
        .signWith(keys.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  /** A valid token with these scopes only. */
  public String with(UserId user, Set<Scope> scopes) {
    return claims(user)
        .claim("scope", Scope.format(scopes))
        .signWith(keys.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  /** Right in everything but the key. */
  public String signedByAnother(UserId user) {
    return claims(user)
        .signWith(Jwts.SIG.ES256.keyPair().build().getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  public String unsigned(UserId user) {
    return claims(user).compact();
  }

  public String forAnotherAudience(UserId user) {
    return claims(user)
        .audience()
        .clear()
        .add("elsewhere")
        .and()
        .signWith(keys.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  public String expired(UserId user) {
    return claims(user)
        .expiration(Date.from(Instant.parse("2020-01-01T00:00:00Z")))
        .signWith(keys.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  private static JwtBuilder claims(UserId user) {
    return Jwts.builder()
        .header()
        .type(AccessTokens.TYPE)
        .keyId(KEY_ID)
        .and()
        .issuer(AccessTokens.ISSUER)
        .audience()
        .add(AccessTokens.AUDIENCE)
        .and()
        .subject(user.toString())
        .claim("name", "ann")
        .claim("role", "user")
        .claim("sid", UUID.randomUUID().toString())
        .id(UUID.randomUUID().toString())
        .issuedAt(Date.from(Instant.parse("2026-01-01T00:00:00Z")))
        .expiration(Date.from(Instant.parse("9999-01-01T00:00:00Z")));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
