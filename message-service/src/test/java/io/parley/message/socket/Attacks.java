package io.parley.message.socket;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** Tokens that somebody might try. */
final class Attacks {

  private Attacks() {}

  static List<String> on(UserId user, UUID session) {
    KeyPair own = Jwts.SIG.ES256.keyPair().build();
    byte[] publicKey = Nodes.FLEET.publicKey().getEncoded();
    String good = Nodes.FLEET.token(user);
    String[] parts = good.split("\\.");
    String otherUser =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replace(user.toString(), UUID.randomUUID().toString());
    String tampered =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(otherUser.getBytes(StandardCharsets.UTF_8));
    return List.of(
        // alg none, with and without the rest of a header
        claims(user, session).compact(),
        base64("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}") + "." + parts[1] + ".",
        // the public key as an HMAC secret
        claims(user, session).signWith(Keys.hmacShaKeyFor(publicKey), Jwts.SIG.HS256).compact(),
        // another key under the right name; and one brought along
        claims(user, session).signWith(own.getPrivate(), Jwts.SIG.ES256).compact(),
        claims(user, session)
            .header()
            .add("jku", Nodes.FLEET.url() + "/.well-known/jwks.json")
            .add("x5u", "https://example.org/key.pem")
            .and()
            .signWith(own.getPrivate(), Jwts.SIG.ES256)
            .compact(),
        claims(user, session)
            .header()
            .jwk(
                io.jsonwebtoken.security.Jwks.builder()
                    .key((ECPublicKey) own.getPublic())
                    .id("k1")
                    .build())
            .and()
            .signWith(own.getPrivate(), Jwts.SIG.ES256)
            .compact(),
        // tampered with, cut short, signature of another token, r = s = 0 (CVE-2022-21449)
        parts[0] + "." + tampered + "." + parts[2],
        parts[0] + "." + parts[1] + ".",
        parts[0] + "." + parts[1],
        parts[0] + "." + parts[1] + "." + Nodes.FLEET.token(user).split("\\.")[2],
        parts[0] + "." + parts[1] + "." + "A".repeat(86),
        // for others
        new ServiceTokens(Nodes.SECRET, "group-service", Clock.systemUTC())
            .bearer("message-service")
            .substring("Bearer ".length()),
        Nodes.FLEET.token(user, soon(), t -> t.audience().clear().add("else").and()),
        Nodes.FLEET.token(user, soon(), t -> t.issuer("else")),
        Nodes.FLEET.token(user, soon(), t -> t.header().type("JWT").and()),
        Nodes.FLEET.token(user, soon(), t -> t.header().keyId("k2").and()),
        Nodes.FLEET.token(user, soon(), t -> t.claim("sid", null)),
        Nodes.FLEET.token(user, soon(), t -> t.subject("not-an-id")),
        Nodes.FLEET.token(user, soon(), t -> t.claim("name", "x".repeat(5_000))));
  }

  private static Instant soon() {
    return Instant.now().plusSeconds(600);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JwtBuilder claims(UserId user, UUID session) {
    return Jwts.builder()
        .header()
        .keyId("k1")
        .type(AccessTokens.TYPE)
        .and()
        .issuer(AccessTokens.ISSUER)
        .audience()
        .add(AccessTokens.AUDIENCE)
        .and()
        .subject(user.toString())
        .claim("name", "mallory")
        .claim("sid", session.toString())
        .claim("scope", "messages:read messages:write")
        .expiration(Date.from(soon()));
  }
}
