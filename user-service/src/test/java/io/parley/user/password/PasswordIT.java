package io.parley.user.password;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** What a password must be, and how one gets another. */
class PasswordIT extends UserServiceIT {

  private static final String REGISTER = "/api/v1/auth/register";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String CHANGE = "/api/v1/users/me/password";
  private static final String FORGOT = "/api/v1/auth/password/forgot";
  private static final String RESET = "/api/v1/auth/password/reset";
  private static final String BETTER = "staple the blue giraffe 7";

  @Autowired private MeterRegistry meters;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1234567890",
        "0123456789",
        "password123",
        "Password1!",
        "P@ssw0rd123",
        "passwordpassword",
        "qwertyuiop",
        "1q2w3e4r5t",
        "iloveyou12",
        "abcdefghij",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "letmein1234",
        "football123",
        "drowssap123",
        "parleyparley",
        "11111111111111111111",
      })
  void registerShouldRefuseWhatIsCommonlyGuessed(String password) {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("password", password);

    Api.Answer answer = api().post(REGISTER, command);

    assertThat(answer.problem()).isEqualTo("400 weak-password");
    assertThat(answer.json().get("suggestions").isArray()).isTrue();
    assertThat(answer.text()).doesNotContain(password);
  }

  @Test
  void passwordShouldBeGoodHoweverAnotherSystemComposesIt() {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("password", "Gro\u00dfe Mu\u0308sli\u00a0und Milch 42");
    assertThat(api().post(REGISTER, command).status()).isEqualTo(201);

    assertThat(logIn(command, "Gro\u00dfe M\u00fcsli und Milch 42").status()).isEqualTo(200);
    assertThat(logIn(command, "Gro\u00dfe Mu\u0308sli und Milch 42").status()).isEqualTo(200);
    assertThat(logIn(command, "grosse m\u00fcsli und milch 42").problem())
        .isEqualTo("401 bad-credentials");
  }

  @Test
  void hashOfBeforeShouldGoOnWorkingAndBeMadeAnew() {
    String typed = "Mu\u0308sli und Milch 42";
    String composed = "M\u00fcsli und Milch 42";
    SignedIn ann = register();
    Map<String, Object> command = Map.of("username", ann.username());
    Argon2PasswordEncoder encoder = new Argon2PasswordEncoder(16, 32, 1, 1024, 1);
    database
        .sql("UPDATE credentials SET password_hash = ? WHERE account_id = CAST(? AS uuid)")
        .params(encoder.encode(typed), ann.id())
        .update();

    assertThat(logIn(command, composed).problem()).isEqualTo("401 bad-credentials");
    assertThat(logIn(command, typed).status()).isEqualTo(200);
    assertThat(logIn(command, composed).status()).isEqualTo(200);
    assertThat(logIn(command, typed).status()).isEqualTo(200);
    assertThat(encoder.matches(composed, hash(ann))).isTrue();
  }

  private Api.Answer logIn(Map<String, Object> account, String password) {
    return api().post(LOGIN, Map.of("login", account.get("username"), "password", password));
  }

  @Test
  void registerShouldRefuseWhatOthersKnowOfTheUser() {
    String name = freshName();
    for (String password :
        List.of(name, name + "1", name + "@example.org", "Zaphod Beeblebrox", "zaphodbeeblebrox")) {
      Map<String, Object> command = new HashMap<>(registration(name));
      command.put("displayName", "Zaphod Beeblebrox");
      command.put("password", password);
      assertThat(api().post(REGISTER, command).problem()).isEqualTo("400 weak-password");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery",
        "пароль для кошки Мурки 42",
        "👩‍🚀🦒🎷🧇🛶🪐🌵🥨🦑🪗",
        "'; DROP TABLE credentials; --",
        "${jndi:ldap://example.org/x}",
        "e\u0301 ist nicht \u00e9 oder doch?",
      })
  void registerShouldTakeStrongPasswordsOfAnyScript(String password) {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("password", password);

    SignedIn user = signedIn(api().post(REGISTER, command));

    assertThat(logIn(user, password).status()).isEqualTo(200);
  }

  @Test
  void longPasswordsShouldCostNoMoreToEstimate() {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    // The worst for an estimate: everything may be leet for everything.
    command.put("password", "p4$$w0rd|_|!1@7+5$".repeat(7));

    assertThat(api().post(REGISTER, command).status()).isIn(201, 400);
  }

  @Test
  void changeShouldEndOtherSessionsAndTellTheOwner() {
    SignedIn laptop = registerVerified();
    SignedIn phone = logIn(laptop);

    assertThat(change(laptop, PASSWORD, BETTER).status()).isEqualTo(204);

    assertThat(as(laptop).get("/api/v1/users/me/sessions").json().get("items")).hasSize(1);
    assertThat(as(phone).get("/api/v1/users/me/sessions").problem())
        .isEqualTo("401 unauthenticated");
    assertThat(logIn(laptop, PASSWORD).problem()).isEqualTo("401 bad-credentials");
    assertThat(logIn(laptop, BETTER).status()).isEqualTo(200);
    mails.await(email(laptop), "password-changed");
    assertThat(audited("password.changed", laptop.id())).isEqualTo(1);
  }

  @Test
  void changeShouldAskForThePresentPasswordAndSlowGuessesDown() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();

          assertThat(change(ann, PASSWORD, "password123").problem()).isEqualTo("400 weak-password");
          assertThat(change(ann, PASSWORD, "short").problem()).isEqualTo("400 invalid-request");
          for (int i = 0; i < 5; i++) {
            assertThat(change(ann, "wrong" + i, BETTER).problem()).isEqualTo("403 wrong-password");
          }
          Api.Answer limited = change(ann, PASSWORD, BETTER);
          assertThat(limited.problem()).isEqualTo("429 rate-limited");
          assertThat(limited.at("/limiter")).isEqualTo("confirm-password");
          // Whoever guesses in a stolen session does not slow the owner down.
          assertThat(change(logIn(ann), PASSWORD, BETTER).status()).isEqualTo(204);
        });
  }

  @Test
  void forgotShouldAnswerTheSameForAllAddresses() {
    SignedIn ann = registerVerified();

    Api.Answer known = api().post(FORGOT, Map.of("email", email(ann)));
    Api.Answer unknown = api().post(FORGOT, Map.of("email", freshName() + "@example.org"));
    Api.Answer noAddress = api().post(FORGOT, Map.of("email", "' OR 1=1 --"));

    assertThat(known.status()).isEqualTo(202);
    assertThat(unknown.status()).isEqualTo(202);
    assertThat(noAddress.status()).isEqualTo(202);
    assertThat(unknown.text()).isEqualTo(known.text());
    assertThat(headers(unknown)).isEqualTo(headers(known));
    assertThat(api().post(FORGOT, "{}").problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void resetShouldPutEverybodyOutAndLetTheOwnerIn() {
    SignedIn ann = registerVerified();
    String personal =
        as(ann)
            .post(
                "/api/v1/users/me/tokens",
                Map.of(
                    "name",
                    "script",
                    "scopes",
                    List.of("account:read"),
                    "expiresAt",
                    clock.instant().plus(Duration.ofDays(1)).toString()))
            .at("/token");
    assertThat(api().withToken(personal).get("/api/v1/users/me").status()).isEqualTo(200);
    String token = forgotten(ann);

    Api.Answer weak = reset(token, "password123");
    Api.Answer answer = reset(token, BETTER);

    assertThat(weak.problem()).isEqualTo("400 weak-password");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("cache-control")).containsExactly("no-store");
    assertThat(answer.at("/deviceToken")).hasSize(43);
    assertThat(as(ann).get("/api/v1/users/me/sessions").problem()).isEqualTo("401 unauthenticated");
    assertThat(api().withToken(personal).get("/api/v1/users/me").problem())
        .isEqualTo("401 unauthenticated");
    assertThat(logIn(ann, PASSWORD).problem()).isEqualTo("401 bad-credentials");
    assertThat(logIn(ann, BETTER).status()).isEqualTo(200);
    assertThat(reset(token, BETTER).problem()).isEqualTo("400 link-invalid");
    mails.await(email(ann), "password-reset");
    assertThat(audited("password.reset", ann.id())).isEqualTo(1);
  }

  @Test
  void resetShouldTakeTheNewestLinkWithinHalfAnHour() {
    SignedIn ann = registerVerified();
    String first = forgotten(ann);
    String second = forgotten(ann);

    assertThat(reset(first, BETTER).problem()).isEqualTo("400 link-invalid");
    clock.forward(Duration.ofMinutes(30).plusSeconds(1));
    assertThat(reset(second, BETTER).problem()).isEqualTo("400 link-invalid");
    assertThat(reset("nonsense", BETTER).problem()).isEqualTo("400 link-invalid");
    assertThat(reset("\u0000", BETTER).problem()).isEqualTo("400 link-invalid");
  }

  @Test
  void linksShouldBeGoodForTheirOwnPurposeOnly() {
    SignedIn ann = register();
    String verify = mails.awaitToken(email(ann), "verify-email");
    String reset = forgotten(ann);

    assertThat(reset(verify, BETTER).problem()).isEqualTo("400 link-invalid");
    assertThat(api().post("/api/v1/auth/email/verify", Map.of("token", reset)).problem())
        .isEqualTo("400 link-invalid");
    // Who follows the link reads mail there.
    assertThat(reset(reset, BETTER).status()).isEqualTo(200);
    assertThat(
            api()
                .withToken(logIn(ann, BETTER).at("/accessToken"))
                .get("/api/v1/users/me")
                .json()
                .at("/emailVerified")
                .asBoolean())
        .isTrue();
  }

  @Test
  void resetShouldTakeALinkOnceWhenItIsUsedManyTimesAtOnce() throws Exception {
    SignedIn ann = registerVerified();
    String token = forgotten(ann);

    List<Api.Answer> answers = atOnce(6, i -> reset(token, BETTER + i));

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() == 400)).hasSize(5);
  }

  @Test
  void forgotShouldNotFloodAMailboxNorMakeTheLastLinkVoid() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = registerVerified();
          forgotten(ann);
          String last = forgotten(ann);

          api().post(FORGOT, Map.of("email", email(ann)));
          api().post(FORGOT, Map.of("email", email(ann)));
          // One after the other: when this one is there, those are decided.
          forgotten(registerVerified());

          assertThat(mails.count(email(ann), "reset-password")).isZero();
          assertThat(reset(last, BETTER).status()).isEqualTo(200);
        });
  }

  @Test
  void loginShouldRenewAHashOfAnotherCost() {
    SignedIn ann = register();
    String old = new Argon2PasswordEncoder(16, 32, 1, 256, 3).encode(PASSWORD);
    database
        .sql("UPDATE credentials SET password_hash = ? WHERE account_id = CAST(? AS uuid)")
        .params(old, ann.id())
        .update();

    assertThat(logIn(ann, "wrong password").problem()).isEqualTo("401 bad-credentials");
    assertThat(hash(ann)).isEqualTo(old);
    assertThat(logIn(ann, PASSWORD).status()).isEqualTo(200);
    assertThat(hash(ann)).isNotEqualTo(old).contains("m=1024,t=1");
    assertThat(logIn(ann, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void loginShouldHashOnceForKnownAndUnknownNames() {
    SignedIn ann = register();

    assertThat(hashesOf(() -> logIn(ann, "wrong password"))).isEqualTo(1);
    assertThat(
            hashesOf(
                () ->
                    api().post(LOGIN, Map.of("login", freshName(), "password", "wrong password"))))
        .isEqualTo(1);
    assertThat(
            hashesOf(
                () ->
                    api()
                        .post(
                            LOGIN,
                            Map.of("login", freshName() + "@example.org", "password", "wrong"))))
        .isEqualTo(1);
  }

  /** But for that which ends a connection after so many requests, whatever they were. */
  private static Set<String> headers(Api.Answer answer) {
    Set<String> names = new HashSet<>(answer.headers().keySet());
    names.remove("connection");
    return names;
  }

  private long hashesOf(Runnable call) {
    long before = meters.get("parley.passwords.hashes").timer().count();
    call.run();
    return meters.get("parley.passwords.hashes").timer().count() - before;
  }

  private String hash(SignedIn user) {
    return database
        .sql("SELECT password_hash FROM credentials WHERE account_id = CAST(? AS uuid)")
        .param(user.id())
        .query(String.class)
        .single();
  }

  private String forgotten(SignedIn user) {
    assertThat(api().post(FORGOT, Map.of("email", email(user))).status()).isEqualTo(202);
    return mails.awaitToken(email(user), "reset-password");
  }

  private Api.Answer reset(String token, String password) {
    return api().post(RESET, Map.of("token", token, "newPassword", password));
  }

  private Api.Answer change(SignedIn user, String current, String next) {
    return as(user).put(CHANGE, Map.of("currentPassword", current, "newPassword", next));
  }

  private Api.Answer logIn(SignedIn user, String password) {
    return api().post(LOGIN, Map.of("login", user.username(), "password", password));
  }
}
