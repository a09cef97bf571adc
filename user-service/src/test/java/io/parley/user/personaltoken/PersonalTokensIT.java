package io.parley.user.personaltoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.user.account.Accounts;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Personal tokens, of people and of bots. */
class PersonalTokensIT extends UserServiceIT {

  private static final String ME = "/api/v1/users/me";
  private static final String TOKENS = "/api/v1/users/me/tokens";
  private static final String BOTS = "/api/v1/bots";
  private static final String INTROSPECT = "/internal/tokens/introspect";

  @Autowired private Accounts accounts;

  @Test
  void createShouldShowTheTokenOnceAndKeepItsHash() {
    SignedIn ann = registerVerified();

    Api.Answer created = create(ann, "account:read", "messages:write");
    String token = created.at("/token");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("cache-control")).isEqualTo("no-store");
    assertThat(token).matches("parley_pat_[A-Za-z0-9_-]{43}");
    Api.Answer listed = as(ann).get(TOKENS);
    assertThat(listed.text()).doesNotContain(token).contains("messages:write");
    assertThat(listed.json().at("/items/0/usedAt").isNull()).isTrue();
    assertThat(api().withToken(token).get(ME).at("/id")).isEqualTo(ann.id());
    assertThat(as(ann).get(TOKENS).json().at("/items/0/usedAt").isNull()).isFalse();
    assertThat(
            database
                .sql("SELECT count(*) FROM personal_tokens WHERE hash = ? OR hash = ?")
                .params(token, token.substring("parley_pat_".length()))
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(audited("token.created", created.at("/id"))).isEqualTo(1);
  }

  @Test
  void tokensShouldBeGoodForTheirScopesOnlyAndNeverForSecurity() {
    SignedIn ann = registerVerified();
    String read = create(ann, "account:read").at("/token");

    assertThat(api().withToken(read).get(ME).status()).isEqualTo(200);
    for (String path : List.of(TOKENS, BOTS, ME + "/sessions", ME + "/totp")) {
      assertThat(api().withToken(read).get(path).problem()).isEqualTo("403 insufficient-scope");
    }
    assertThat(api().withToken(read).patch(ME, Map.of("displayName", "x")).problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(create(ann, "account:security").problem()).isEqualTo("403 scope-not-grantable");
    assertThat(create(ann, "admin").problem()).isEqualTo("403 scope-not-grantable");
    assertThat(create(ann, "account:read", "nonsense").problem()).isEqualTo("400 invalid-request");
    assertThat(create(register(), "messages:write").problem()).isEqualTo("403 scope-not-grantable");
  }

  @Test
  void tokensShouldLoseWhatTheirOwnerLoses() {
    SignedIn admin = registerWithRole("ADMIN");
    Map<String, Object> soon = command("admin", "account:read");
    soon.put("expiresAt", clock.instant().plus(Duration.ofMinutes(50)).toString());
    String token = as(admin).post(TOKENS, soon).at("/token");
    assertThat(introspect(token).at("/scopes")).isEqualTo("account:read admin");

    database
        .sql("UPDATE accounts SET role = 'USER' WHERE username = ?")
        .param(admin.username())
        .update();

    assertThat(introspect(token).at("/scopes")).isEqualTo("account:read");
    assertThat(introspect(token).at("/role")).isEqualTo("user");
  }

  @Test
  void revokedExpiredAndLockedTokensShouldBeRefused() {
    SignedIn ann = registerVerified();
    Api.Answer revoked = create(ann, "account:read");
    String lasting = create(ann, "account:read").at("/token");

    assertThat(as(ann).delete(TOKENS + "/" + revoked.at("/id")).status()).isEqualTo(204);
    assertThat(as(ann).delete(TOKENS + "/" + revoked.at("/id")).problem())
        .isEqualTo("404 not-found");
    assertThat(api().withToken(revoked.at("/token")).get(ME).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(audited("token.revoked", revoked.at("/id"))).isEqualTo(1);

    accounts.setLocked(UserId.valueOf(ann.id()), true);
    assertThat(api().withToken(lasting).get(ME).problem()).isEqualTo("401 unauthenticated");
    assertThat(introspect(lasting).text()).contains("\"active\":false");
    accounts.setLocked(UserId.valueOf(ann.id()), false);
    assertThat(api().withToken(lasting).get(ME).status()).isEqualTo(200);

    clock.forward(Duration.ofDays(8));
    assertThat(api().withToken(lasting).get(ME).problem()).isEqualTo("401 token-expired");
    assertThat(introspect(lasting).text()).contains("\"active\":false");
  }

  @Test
  void revokedTokensShouldBeAnnouncedToTheFleet() {
    SignedIn ann = registerVerified();
    Api.Answer token = create(ann, "account:read");
    as(ann).delete(TOKENS + "/" + token.at("/id"));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                database
                        .sql("SELECT count(*) FROM ended_sessions WHERE id = CAST(? AS uuid)")
                        .param(token.at("/id"))
                        .query(Integer.class)
                        .single()
                    == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"\",\"scopes\":[\"account:read\"],\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":[],\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":[null],\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":\"account:read\",\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":[\"account:read\"],\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":[\"account:read\"],\"expiresAt\":\"2000-01-01T00:00:00Z\"}",
        "{\"name\":\"x\",\"scopes\":[\"account:read\"],\"expiresAt\":\"tomorrow\"}",
        "{\"name\":\"x\",\"scopes\":[\"account:read\"]}",
        "{\"name\":\"a\\u0000\",\"scopes\":[\"account:read\"],"
            + "\"expiresAt\":\"2999-01-01T00:00:00Z\"}",
      })
  void createShouldRefuseWhatIsNotTheCommand(String body) {
    String confirmed = body.replace("{\"name\"", "{\"password\":\"" + PASSWORD + "\",\"name\"");
    assertThat(as(registerVerified()).post(TOKENS, confirmed).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void aStolenAccessTokenShouldMakeNone() {
    SignedIn ann = registerVerified();
    String bot = bot(ann);
    for (String path : List.of(TOKENS, BOTS + "/" + bot + "/tokens")) {
      Map<String, Object> command = command("account:read");
      command.remove("password");
      assertThat(as(ann).post(path, command).problem()).isEqualTo("400 invalid-request");
      command.put("password", "not the password");
      assertThat(as(ann).post(path, command).problem()).isEqualTo("403 wrong-password");
      assertThat(as(ann).get(path).json().get("items")).isEmpty();
    }
    String session = as(ann).get(ME + "/sessions").at("/items/0/id");
    assertThat(audited("password.refused", session)).isEqualTo(2);
    assertThat(mails.count(email(ann), "token-created")).isZero();
  }

  @Test
  void createShouldTakeACodeWhenTheSecondFactorIsOn() throws Exception {
    SignedIn ann = registerVerified();
    String bot = bot(ann);
    String secret = as(ann).post(ME + "/totp", Map.of("password", PASSWORD)).at("/secret");
    String code = code(secret);
    assertThat(as(ann).post(ME + "/totp/confirm", Map.of("code", code)).status()).isEqualTo(200);

    for (String path : List.of(TOKENS, BOTS + "/" + bot + "/tokens")) {
      Map<String, Object> command = command("account:read");
      assertThat(as(ann).post(path, command).problem()).isEqualTo("403 code-required");
      // It was used before.
      command.put("code", code);
      assertThat(as(ann).post(path, command).problem()).isEqualTo("403 code-invalid");
      clock.forward(Duration.ofSeconds(30));
      code = code(secret);
      command.put("code", code);
      assertThat(as(ann).post(path, command).status()).isEqualTo(201);
    }
  }

  @Test
  void tokensOfAdminsShouldEndWithinAnHour() {
    SignedIn admin = registerWithRole("ADMIN");
    Map<String, Object> command = command("admin", "account:read");

    command.put("expiresAt", clock.instant().plus(Duration.ofMinutes(61)).toString());
    assertThat(as(admin).post(TOKENS, command).problem()).isEqualTo("400 invalid-request");
    command.put("expiresAt", clock.instant().plus(Duration.ofMinutes(59)).toString());
    assertThat(as(admin).post(TOKENS, command).status()).isEqualTo(201);
  }

  @Test
  void aChangedPasswordShouldTakeTheTokensAlongWhenAsked() {
    SignedIn ann = registerVerified();
    String own = create(ann, "account:read").at("/token");
    String bots =
        as(ann).post(BOTS + "/" + bot(ann) + "/tokens", command("account:read")).at("/token");
    Map<String, Object> change = new HashMap<>();
    change.put("currentPassword", PASSWORD);
    change.put("newPassword", PASSWORD);

    assertThat(as(ann).put(ME + "/password", change).status()).isEqualTo(204);
    assertThat(api().withToken(own).get(ME).status()).isEqualTo(200);
    change.put("revokeTokens", true);
    assertThat(as(ann).put(ME + "/password", change).status()).isEqualTo(204);

    for (String token : List.of(own, bots)) {
      assertThat(api().withToken(token).get(ME).problem()).isEqualTo("401 unauthenticated");
      assertThat(introspect(token).text()).contains("\"active\":false");
    }
  }

  private String code(String secret) throws InvalidKeyException {
    return new TimeBasedOneTimePasswordGenerator()
        .generateOneTimePasswordString(
            new SecretKeySpec(new Base32().decode(secret), "RAW"), clock.instant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parley_pat_",
        "parley_pat_nonsense",
        "parley_pat_' OR 1=1 --",
        "PARLEY_PAT_x",
      })
  void strangeTokensShouldBeRefused(String token) {
    assertThat(api().withToken(token).get(ME).problem()).isEqualTo("401 unauthenticated");
    assertThat(api().withToken(token + "x".repeat(4000)).get(ME).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(introspect(token).text()).contains("\"active\":false");
  }

  @Test
  void introspectShouldBeForServicesOnly() {
    SignedIn ann = registerVerified();
    String token = create(ann, "account:read").at("/token");

    assertThat(as(ann).post(INTROSPECT, Map.of("token", token)).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(api().withToken(token).post(INTROSPECT, Map.of("token", token)).problem())
        .isEqualTo("401 unauthenticated");
    Api.Answer answer = introspect(token);
    assertThat(answer.at("/userId")).isEqualTo(ann.id());
    assertThat(answer.at("/username")).isEqualTo(ann.username());
    assertThat(answer.at("/tokenId")).isEqualTo(as(ann).get(TOKENS).at("/items/0/id"));
  }

  @Test
  void botsShouldActByTheirTokensAndNeverLogIn() {
    SignedIn ann = registerVerified();
    String name = freshName();

    Api.Answer bot = as(ann).post(BOTS, Map.of("username", name, "displayName", "Build 🤖"));
    assertThat(bot.status()).isEqualTo(201);
    String tokens = BOTS + "/" + bot.at("/id") + "/tokens";
    Api.Answer created = as(ann).post(tokens, command("account:read", "messages:write"));
    String token = created.at("/token");

    assertThat(api().withToken(token).get(ME).at("/username")).isEqualTo(name);
    assertThat(as(ann).get(tokens).json().get("items")).hasSize(1);
    assertThat(as(ann).get(BOTS).at("/items/0/displayName")).isEqualTo("Build 🤖");
    assertThat(
            api().post("/api/v1/auth/login", Map.of("login", name, "password", PASSWORD)).problem())
        .isEqualTo("401 bad-credentials");
    assertThat(as(ann).post(tokens, command("admin")).problem())
        .isEqualTo("403 scope-not-grantable");
    assertThat(as(ann).delete(tokens + "/" + created.at("/id")).status()).isEqualTo(204);
    assertThat(api().withToken(token).get(ME).problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void botsShouldDieWithTheirOwnersLockAndWithTheirDeletion() {
    SignedIn ann = registerVerified();
    String bot = bot(ann);
    String token = as(ann).post(BOTS + "/" + bot + "/tokens", command("account:read")).at("/token");

    accounts.setLocked(UserId.valueOf(ann.id()), true);
    assertThat(api().withToken(token).get(ME).problem()).isEqualTo("401 unauthenticated");
    accounts.setLocked(UserId.valueOf(ann.id()), false);
    assertThat(api().withToken(token).get(ME).status()).isEqualTo(200);

    assertThat(as(ann).delete(BOTS + "/" + bot).status()).isEqualTo(204);
    assertThat(api().withToken(token).get(ME).problem()).isEqualTo("401 unauthenticated");
    assertThat(as(ann).get("/api/v1/users/" + bot).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).get(BOTS).json().get("items")).isEmpty();
  }

  @Test
  void botsShouldBelongToTheirOwnerAlone() {
    SignedIn ann = registerVerified();
    SignedIn bob = registerVerified();
    String bot = bot(ann);

    for (String id : List.of(bot, ann.id(), bob.id(), UUID.randomUUID().toString())) {
      assertThat(as(bob).delete(BOTS + "/" + id).problem()).isEqualTo("404 not-found");
      assertThat(as(bob).get(BOTS + "/" + id + "/tokens").problem()).isEqualTo("404 not-found");
      assertThat(as(bob).post(BOTS + "/" + id + "/tokens", command("account:read")).problem())
          .isEqualTo("404 not-found");
    }
    assertThat(as(ann).post(BOTS, Map.of("username", bob.username(), "displayName", "x")).problem())
        .isEqualTo("409 username-taken");
    assertThat(as(ann).post(BOTS, Map.of("username", "no spaces", "displayName", "x")).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void ownersShouldHaveSoManyBotsAndNoMore() {
    SignedIn ann = registerVerified();
    for (int i = 0; i < 10; i++) {
      bot(ann);
    }

    assertThat(as(ann).post(BOTS, Map.of("username", freshName(), "displayName", "x")).problem())
        .isEqualTo("409 too-many-bots");
  }

  private String bot(SignedIn owner) {
    return as(owner).post(BOTS, Map.of("username", freshName(), "displayName", "Bot")).at("/id");
  }

  private Api.Answer create(SignedIn owner, String... scopes) {
    return as(owner).post(TOKENS, command(scopes));
  }

  private Map<String, Object> command(String... scopes) {
    Map<String, Object> command = new HashMap<>();
    command.put("name", "script");
    command.put("password", PASSWORD);
    command.put("scopes", List.of(scopes));
    command.put("expiresAt", clock.instant().plus(Duration.ofDays(7)).toString());
    return command;
  }

  private Api.Answer introspect(String token) {
    return api()
        .withAuthorization(new ServiceTokens(SECRET, "api-gateway", clock).bearer("user-service"))
        .post(INTROSPECT, Map.of("token", token));
  }
}
