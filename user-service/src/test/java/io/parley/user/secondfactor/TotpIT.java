package io.parley.user.secondfactor;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second factor, with an authenticator app of our own. */
class TotpIT extends UserServiceIT {

  private static final String LOGIN = "/api/v1/auth/login";
  private static final String TOTP = "/api/v1/users/me/totp";
  private static final Duration STEP = Duration.ofSeconds(30);

  @Test
  void enrolmentShouldTakeThePasswordAndAFirstCode() {
    SignedIn ann = registerVerified();

    assertThat(begin(ann, "not the password").problem()).isEqualTo("403 wrong-password");
    Api.Answer begun = begin(ann, PASSWORD);
    String secret = begun.at("/secret");
    assertThat(begun.status()).isEqualTo(201);
    assertThat(begun.header("cache-control")).isEqualTo("no-store");
    assertThat(begun.at("/uri"))
        .isEqualTo(
            "otpauth://totp/Parley:"
                + ann.username()
                + "?secret="
                + secret
                + "&issuer=Parley&algorithm=SHA1&digits=6&period=30");
    assertThat(logIn(ann, null).status()).isEqualTo(200);
    assertThat(confirm(ann, wrong(secret)).problem()).isEqualTo("403 code-invalid");
    Api.Answer confirmed = confirm(ann, code(secret));
    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.json().get("recoveryCodes")).hasSize(10);
    assertThat(confirmed.at("/recoveryCodes/0")).matches("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}");
    assertThat(as(ann).get(TOTP).text()).isEqualTo("{\"enabled\":true,\"recoveryCodesLeft\":10}");
    assertThat(begin(ann, PASSWORD).problem()).isEqualTo("409 second-factor-on");
    assertThat(confirm(ann, code(secret)).problem()).isEqualTo("409 second-factor-on");
    assertThat(audited("second_factor.enabled", ann.id())).isEqualTo(1);
    assertThat(
            database
                .sql("SELECT sealed FROM totp WHERE account_id = CAST(? AS uuid)")
                .param(ann.id())
                .query(String.class)
                .single())
        .doesNotContain(secret);
  }

  @Test
  void enrolmentShouldNeedAVerifiedAddress() {
    SignedIn ann = register();

    assertThat(begin(ann, PASSWORD).problem()).isEqualTo("403 email-unverified");
    assertThat(confirm(ann, "123456").problem()).isEqualTo("409 second-factor-off");
  }

  @Test
  void loginShouldAskForACodeAfterTheRightPasswordOnly() {
    Enrolled ann = enrolled();
    clock.forward(STEP);

    assertThat(logIn(ann.user(), null).problem()).isEqualTo("401 second-factor-required");
    assertThat(
            api()
                .post(LOGIN, Map.of("login", ann.user().username(), "password", "not this one"))
                .problem())
        .isEqualTo("401 bad-credentials");
    assertThat(logIn(ann.user(), wrong(ann.secret())).problem())
        .isEqualTo("401 second-factor-invalid");
    assertThat(logIn(ann.user(), code(ann.secret())).status()).isEqualTo(200);
  }

  @Test
  void codesShouldBeGoodOnce() throws Exception {
    Enrolled ann = enrolled();
    assertThat(logIn(ann.user(), ann.code()).problem()).isEqualTo("401 second-factor-invalid");
    clock.forward(STEP.multipliedBy(2));
    String code = code(ann.secret());

    List<Api.Answer> answers = atOnce(4, i -> logIn(ann.user(), code));

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(logIn(ann.user(), code).problem()).isEqualTo("401 second-factor-invalid");
  }

  @Test
  void codesShouldBeGoodForAMinuteOrSo() {
    Enrolled ann = enrolled();
    clock.forward(STEP.multipliedBy(10));
    // As a step begins, so that it is still the same when the code arrives.
    clock.forward(STEP.minusMillis(clock.millis() % STEP.toMillis()));
    String late = code(ann.secret(), clock.instant().minus(STEP));
    assertThat(logIn(ann.user(), late).status()).isEqualTo(200);
    clock.forward(STEP.multipliedBy(10));
    String tooLate = code(ann.secret(), clock.instant().minus(STEP.multipliedBy(3)));
    assertThat(logIn(ann.user(), tooLate).problem()).isEqualTo("401 second-factor-invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s %s", " %s\u00a0%s ", "%s-%s", "%s\u2009%s"})
  void codesShouldBeTakenAsAppsShowThem(String shown) {
    Enrolled ann = enrolled();
    clock.forward(STEP.multipliedBy(2));
    String code = code(ann.secret());

    String typed = shown.formatted(code.substring(0, 3), code.substring(3));

    assertThat(logIn(ann.user(), typed).status()).isEqualTo(200);
  }

  @Test
  void codesShouldBeTakenInFullWidthDigits() {
    Enrolled ann = enrolled();
    clock.forward(STEP.multipliedBy(2));
    StringBuilder wide = new StringBuilder();
    code(ann.secret()).chars().forEach(c -> wide.append((char) (c - '0' + '\uff10')));

    assertThat(logIn(ann.user(), wide.toString()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"000000", "12345", "１２３４５６", "' OR 1=1", "👩👩", "AAAA-BBBB-CCCC-DDDD"})
  void loginShouldRefuseCodesThatAreNone(String code) {
    Enrolled ann = enrolled();

    assertThat(logIn(ann.user(), code).problem()).isEqualTo("401 second-factor-invalid");
  }

  @Test
  void guessesOfCodesShouldBeSlowedDownForWhoKnowsThePassword() {
    whileTriesAreCounted(
        () -> {
          Enrolled ann = enrolled();
          List<String> problems = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            problems.add(logIn(ann.user(), null).problem());
            problems.add(logIn(ann.user(), wrong(ann.secret())).problem());
          }

          assertThat(problems).contains("429 rate-limited");
        });
  }

  @Test
  void recoveryCodesShouldBeGoodOnceEach() throws Exception {
    Enrolled ann = enrolled();
    String first = ann.recoveryCodes().get(0);
    String second = ann.recoveryCodes().get(1);

    List<Api.Answer> answers = atOnce(4, i -> logIn(ann.user(), first));
    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(logIn(ann.user(), second.toLowerCase(Locale.ROOT).replace("-", " ")).status())
        .isEqualTo(200);
    assertThat(as(ann.user()).get(TOTP).json().at("/recoveryCodesLeft").asInt()).isEqualTo(8);
    assertThat(audited("second_factor.recovered", ann.user().id())).isEqualTo(2);
    List<String> stored =
        database
            .sql("SELECT hash FROM recovery_codes WHERE account_id = CAST(? AS uuid)")
            .param(ann.user().id())
            .query(String.class)
            .list();
    // A SHA-256 each; what a person was shown is in none, with or without its dashes.
    assertThat(stored).hasSize(8).allMatch(hash -> hash.matches("[\\w-]{43}"));
    for (String code : ann.recoveryCodes()) {
      assertThat(stored)
          .noneMatch(hash -> hash.toUpperCase(Locale.ROOT).contains(code))
          .noneMatch(hash -> hash.toUpperCase(Locale.ROOT).contains(code.replace("-", "")));
    }
  }

  @Test
  void newRecoveryCodesShouldTakeThePlaceOfTheOld() {
    Enrolled ann = enrolled();
    clock.forward(STEP.multipliedBy(2));

    Api.Answer renewed =
        as(ann.user())
            .post(
                TOTP + "/recovery-codes", Map.of("password", PASSWORD, "code", code(ann.secret())));

    assertThat(renewed.status()).isEqualTo(200);
    assertThat(logIn(ann.user(), ann.recoveryCodes().get(0)).problem())
        .isEqualTo("401 second-factor-invalid");
    assertThat(logIn(ann.user(), renewed.at("/recoveryCodes/0")).status()).isEqualTo(200);
  }

  @Test
  void disableShouldTakeBoth() {
    Enrolled ann = enrolled();
    clock.forward(STEP.multipliedBy(2));

    assertThat(disable(ann, "not the password", code(ann.secret())).problem())
        .isEqualTo("403 wrong-password");
    assertThat(disable(ann, PASSWORD, wrong(ann.secret())).problem()).isEqualTo("403 code-invalid");
    assertThat(disable(ann, PASSWORD, code(ann.secret())).status()).isEqualTo(204);
    assertThat(logIn(ann.user(), null).status()).isEqualTo(200);
    assertThat(disable(ann, PASSWORD, code(ann.secret())).problem())
        .isEqualTo("409 second-factor-off");
  }

  @Test
  void resetOfThePasswordShouldLeaveTheSecondFactor() {
    Enrolled ann = enrolled();
    api().post("/api/v1/auth/password/forgot", Map.of("email", email(ann.user())));
    String token = mails.awaitToken(email(ann.user()), "reset-password");
    String better = "staple the blue giraffe 7";
    api().post("/api/v1/auth/password/reset", Map.of("token", token, "newPassword", better));

    assertThat(
            api().post(LOGIN, Map.of("login", ann.user().username(), "password", better)).problem())
        .isEqualTo("401 second-factor-required");
  }

  private Enrolled enrolled() {
    SignedIn user = registerVerified();
    String secret = begin(user, PASSWORD).at("/secret");
    String code = code(secret);
    Api.Answer confirmed = confirm(user, code);
    assertThat(confirmed.status()).isEqualTo(200);
    List<String> codes = new ArrayList<>();
    confirmed.json().get("recoveryCodes").forEach(each -> codes.add(each.asString()));
    return new Enrolled(user, secret, code, codes);
  }

  private Api.Answer begin(SignedIn user, String password) {
    return as(user).post(TOTP, Map.of("password", password));
  }

  private Api.Answer confirm(SignedIn user, String code) {
    return as(user).post(TOTP + "/confirm", Map.of("code", code));
  }

  private Api.Answer disable(Enrolled user, String password, String code) {
    return as(user.user()).post(TOTP + "/disable", Map.of("password", password, "code", code));
  }

  private Api.Answer logIn(SignedIn user, @Nullable String code) {
    Map<String, Object> command = new HashMap<>();
    command.put("login", user.username());
    command.put("password", PASSWORD);
    if (code != null) {
      command.put("code", code);
    }
    return api().post(LOGIN, command);
  }

  private String code(String secret) {
    return code(secret, clock.instant());
  }

  private String wrong(String secret) {
    int right = Integer.parseInt(code(secret));
    return String.format(Locale.ROOT, "%06d", (right + 500_000) % 1_000_000);
  }

  private static String code(String secret, Instant at) {
    try {
      return new TimeBasedOneTimePasswordGenerator()
          .generateOneTimePasswordString(
              new SecretKeySpec(new Base32().decode(secret), "HmacSHA1"), at, Locale.ROOT);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param code that was taken
   */
  private record Enrolled(SignedIn user, String secret, String code, List<String> recoveryCodes) {}
}
