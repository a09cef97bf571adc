package io.parley.user.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.Keys;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What passes for an access token, and what must not. */
class AccessTokensIT extends UserServiceIT {

  @Autowired private SigningKeys keys;
  private SignedIn ann;

  @BeforeEach
  void registerAnn() {
    ann = register();
  }

  @Test
  void verifyShouldTakeATokenOfTheFleet() {
    assertThat(answer(signed(token -> {}))).isEqualTo("200 ann");
    assertThat(api().withAuthorization("bearer " + ann.accessToken()).get(ME).status())
        .isEqualTo(200);
  }

  @Test
  void tokensShouldBeGoodForTheirScopesOnly() {
    assertThat(answer(signed(token -> token.claim("scope", "messages:read account:write"))))
        .isEqualTo("403 insufficient-scope");
    assertThat(answer(signed(token -> token.claim("scope", null))))
        .isEqualTo("403 insufficient-scope");
    assertThat(answer(signed(token -> token.claim("scope", "account:readonly new:scope"))))
        .isEqualTo("403 insufficient-scope");
    assertThat(answer(signed(token -> token.claim("role", "emperor"))))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseExpiredTokens() {
    clock.forward(Duration.ofMinutes(15).plusSeconds(1));

    assertThat(answer(ann.accessToken())).isEqualTo("401 token-expired");
    assertThat(answer(signed(token -> token.expiration(null)))).isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldExpireATokenThatItHasSeenBefore() {
    assertThat(answer(ann.accessToken())).isEqualTo("200 ann");
    clock.forward(Duration.ofMinutes(15).plusSeconds(1));

    assertThat(answer(ann.accessToken())).isEqualTo("401 token-expired");
  }

  @Test
  void verifyShouldRefuseWrongClaims() {
    assertThat(answer(signed(token -> token.audience().single("other"))))
        .isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.issuer("other")))).isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.subject("admin")))).isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.claim("sid", null)))).isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.header().type("JWT"))))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseTokensWithoutSignature() {
    String header = base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}");
    String payload = parts(ann.accessToken())[1];

    assertThat(answer(header + "." + payload + ".")).isEqualTo("401 unauthenticated");
    assertThat(answer(header + "." + payload)).isEqualTo("401 unauthenticated");
    assertThat(answer(ann.accessToken().replaceAll("[^.]*$", ""))).isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseOtherKeys() {
    KeyPair strange = Jwts.SIG.ES256.keyPair().build();
    String known = keys.current().id();

    assertThat(answer(claims(known).signWith(strange.getPrivate()).compact()))
        .isEqualTo("401 unauthenticated");
    assertThat(answer(claims("unknown").signWith(strange.getPrivate()).compact()))
        .isEqualTo("401 unauthenticated");
    assertThat(answer(claims("' OR 1=1 --").signWith(strange.getPrivate()).compact()))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldIgnoreKeysThatATokenBrings() {
    KeyPair strange = Jwts.SIG.ES256.keyPair().build();
    String known = keys.current().id();
    JwtBuilder token = claims(known);
    token
        .header()
        .add("jwk", Jwks.builder().key(strange.getPublic()).build())
        .add("jku", "https://attacker.example/jwks.json")
        .add("x5u", "https://attacker.example/cert.pem");

    assertThat(answer(token.signWith(strange.getPrivate()).compact()))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseThePublicKeyAsAnHmacSecret() {
    SigningKeys.Pair key = keys.current();
    byte[] encoded = key.publicKey().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
            + "\n-----END PUBLIC KEY-----\n";

    for (byte[] secret : new byte[][] {encoded, pem.getBytes(StandardCharsets.US_ASCII)}) {
      String token =
          claims(key.id()).signWith(Keys.hmacShaKeyFor(secret), Jwts.SIG.HS256).compact();
      assertThat(answer(token)).isEqualTo("401 unauthenticated");
    }
  }

  @Test
  void verifyShouldRefuseTamperedAndMalformedTokens() {
    String[] parts = parts(ann.accessToken());
    String other =
        base64(
            new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace(ann.id(), UUID.randomUUID().toString()));

    assertThat(answer(parts[0] + "." + other + "." + parts[2])).isEqualTo("401 unauthenticated");
    assertThat(answer("nonsense")).isEqualTo("401 unauthenticated");
    assertThat(answer("a.b.c")).isEqualTo("401 unauthenticated");
    assertThat(answer("")).isEqualTo("401 unauthenticated");
    assertThat(answer("x".repeat(5000))).isEqualTo("401 unauthenticated");
    assertThat(api().withAuthorization("Basic YTpi").get(ME).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(api().get(ME).problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseTokensThatAreNotGoodYet() {
    assertThat(answer(signed(token -> token.notBefore(Date.from(clock.instant().plusSeconds(30))))))
        .isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.notBefore(Date.from(clock.instant())))))
        .isEqualTo("200 ann");
  }

  @Test
  void verifyShouldRefuseOtherAlgorithmsWhateverTheirKey() {
    String known = keys.current().id();

    for (SignatureAlgorithm algorithm :
        List.of(Jwts.SIG.ES384, Jwts.SIG.ES512, Jwts.SIG.RS256, Jwts.SIG.PS256, Jwts.SIG.EdDSA)) {
      assertThat(
              answer(
                  claims(known)
                      .signWith(algorithm.keyPair().build().getPrivate(), algorithm)
                      .compact()))
          .isEqualTo("401 unauthenticated");
    }
    assertThat(
            answer(
                claims(known)
                    .encryptWith(Jwts.ENC.A256GCM.key().build(), Jwts.ENC.A256GCM)
                    .compact()))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void verifyShouldRefuseASignatureThatIsPassedOnToAnotherHeader() {
    String[] parts = parts(ann.accessToken());
    for (String header :
        List.of(
            "{\"alg\":\"none\"}",
            "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"" + keys.current().id() + "\"}",
            "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"../../../../dev/null\"}",
            "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
            "{\"alg\":\"ES256\",\"crit\":[\"x\"],\"x\":1,\"typ\":\"at+jwt\",\"kid\":\""
                + keys.current().id()
                + "\"}")) {
      assertThat(answer(base64(header) + "." + parts[1] + "." + parts[2]))
          .isEqualTo("401 unauthenticated");
    }
    // An ECDSA signature of zeros was once valid for anything (CVE-2022-21449).
    assertThat(
            answer(
                parts[0]
                    + "."
                    + parts[1]
                    + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64])))
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void tokensWithoutAScopeShouldBeGoodForNothing() {
    assertThat(answer(signed(token -> token.claim("scope", null))))
        .isEqualTo("403 insufficient-scope");
    assertThat(answer(signed(token -> token.claim("scope", "nonsense messages:read"))))
        .isEqualTo("403 insufficient-scope");
    assertThat(answer(signed(token -> token.claim("scope", List.of("account:read")))))
        .isEqualTo("401 unauthenticated");
    assertThat(answer(signed(token -> token.claim("role", "root"))))
        .isEqualTo("401 unauthenticated");
  }

  private static final String ME = "/api/v1/users/me";

  private String answer(String token) {
    Api.Answer answer = api().withToken(token).get(ME);
    return answer.status() == 200 && answer.at("/id").equals(ann.id())
        ? "200 ann"
        : answer.problem();
  }

  private String signed(Consumer<JwtBuilder> change) {
    SigningKeys.Pair key = keys.current();
    JwtBuilder token = claims(key.id());
    change.accept(token);
    return token.signWith(key.privateKey(), Jwts.SIG.ES256).compact();
  }

  /** Ann's, all as it should be. */
  private JwtBuilder claims(String keyId) {
    return Jwts.builder()
        .header()
        .type("at+jwt")
        .keyId(keyId)
        .and()
        .issuer("parley")
        .audience()
        .single("parley")
        .subject(ann.id())
        .claims(
            Map.of(
                "name",
                ann.username(),
                "sid",
                UUID.randomUUID().toString(),
                "scope",
                "account:read"))
        .expiration(Date.from(clock.instant().plusSeconds(60)));
  }

  private static String[] parts(String token) {
    return token.split("\\.", 3);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
