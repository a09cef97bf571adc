package io.parley.gateway;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.UUID;

/** Access tokens as user-service makes them, and the keys it would publish. */
final class TestTokens {

  static final String KEY_ID = "key-1";
  static final UUID USER = UUID.fromString("11111111-2222-4333-8444-555555555555");

  private final KeyPair keys = Jwts.SIG.ES256.keyPair().build();

  String jwks() {
    String key =
        new String(
            new io.jsonwebtoken.gson.io.GsonSerializer<>()
                .serialize(Jwks.builder().key((ECPublicKey) keys.getPublic()).id(KEY_ID).build()),
            java.nio.charset.StandardCharsets.UTF_8);
    return "{\"keys\":[" + key + "]}";
  }

  KeyPair keys() {
    return keys;
  }

  String valid() {
    return claims(Instant.now().plusSeconds(300)).signWith(keys.getPrivate()).compact();
  }

  String ofSession(UUID session) {
    return claims(Instant.now().plusSeconds(300))
        .claim("sid", session.toString())
        .signWith(keys.getPrivate())
        .compact();
  }

  String of(UUID user) {
    return claims(Instant.now().plusSeconds(300))
        .subject(user.toString())
        .signWith(keys.getPrivate())
        .compact();
  }

  String expired() {
    return claims(Instant.now().minusSeconds(60)).signWith(keys.getPrivate()).compact();
  }

  static JwtBuilder claims(Instant expiry) {
    return Jwts.builder()
        .header()
        .type("at+jwt")
        .keyId(KEY_ID)
        .and()
        .issuer("parley")
        .audience()
        .add("parley")
        .and()
        .subject(USER.toString())
        .claim("name", "ada")
        .claim("sid", UUID.randomUUID().toString())
        .claim("role", "user")
        .claim("scope", Scope.format(EnumSet.allOf(Scope.class)))
        .claim("scope", Scope.format(SystemRole.USER.scopes()))
        .issuedAt(Date.from(Instant.now()))
        .expiration(Date.from(expiry))
        .id(UUID.randomUUID().toString());
  }
}
