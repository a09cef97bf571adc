package io.parley.user.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.parley.common.events.MailRequested.Mail;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What owners are told of, and what not. How it reads is notification-service's. */
class NoticesIT extends UserServiceIT {

  private static final String FIREFOX =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

  private static final String TOTP = "/api/v1/users/me/totp";
  private static final String TOKENS = "/api/v1/users/me/tokens";
  private static final String BOTS = "/api/v1/bots";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String ACCOUNT = "http://127.0.0.1:18080/account";

  @ParameterizedTest
  @EnumSource
  void everyNoticeShouldHaveItsTexts(Notice notice) throws Exception {
    Path texts = Path.of("..", "notification-service", "src", "main", "resources", "mail");
    try (Stream<Path> languages = Files.list(texts).filter(Files::isDirectory)) {
      assertThat(languages.toList())
          .hasSizeGreaterThanOrEqualTo(6)
          .allSatisfy(
              language ->
                  assertThat(language.resolve(notice.template() + ".txt"))
                      .content()
                      .satisfies(
                          text ->
                              assertThat(text.contains("]({link})")).isEqualTo(notice.isLinked())));
    }
  }

  @Test
  void aChangedPasswordShouldBeToldWithTimeDeviceAndAddress() {
    SignedIn ann = registerVerified();
    as(ann).patch("/api/v1/users/me", Map.of("timeZone", "Europe/Berlin", "locale", "de-AT"));
    Instant before = clock.instant().minusSeconds(1);

    changePassword(seen(ann), PASSWORD);

    Mail mail = mails.await(email(ann), "password-changed");
    assertThat(mail.locale()).isEqualTo("de-AT");
    assertThat(mail.values())
        .containsOnlyKeys("displayName", "when", "timeZone", "device", "address", "link")
        .containsEntry("device", "Firefox on Linux")
        .containsEntry("address", "203.0.113.9")
        .containsEntry("timeZone", "Europe/Berlin")
        .containsEntry("link", ACCOUNT);
    assertThat(Instant.parse(mail.values().get("when"))).isBetween(before, clock.instant());
  }

  @Test
  void whatFailedShouldNotBeTold() {
    SignedIn ann = registerVerified();

    assertThat(changePassword(as(ann), "not the password").status()).isEqualTo(403);
    assertThat(changeEmail(as(ann), "else" + email(ann), "not the password").status())
        .isEqualTo(403);
    assertThat(as(ann).post(TOKENS, token("x", "admin")).status()).isEqualTo(403);
    assertThat(as(ann).post(BOTS, Map.of("username", ann.username(), "displayName", "x")).status())
        .isEqualTo(409);
    assertThat(as(ann).post(TOTP + "/confirm", Map.of("code", "123456")).status()).isEqualTo(409);

    // Mails keep their order: all that was before this one has come.
    as(ann).post(TOKENS, token("the only one", "messages:read"));
    mails.await(email(ann), "token-created");
    for (Notice notice : Notice.values()) {
      boolean login = notice == Notice.NEW_LOGIN;
      assertThat(mails.count(email(ann), notice.template()))
          .as("%s", notice)
          .isEqualTo(login ? 1 : 0);
    }
  }

  @Test
  void anUnverifiedAddressShouldGetNoNews() {
    SignedIn ann = register();
    changePassword(as(ann), PASSWORD);
    logIn(ann);
    as(ann).post(TOKENS, token("x", "account:read"));

    assertThat(as(ann).post("/api/v1/auth/email/resend", "").status()).isEqualTo(202);

    mails.await(email(ann), "verify-email");
    mails.await(email(ann), "verify-email");
    for (Notice notice : Notice.values()) {
      assertThat(mails.count(email(ann), notice.template())).as("%s", notice).isZero();
    }
  }

  @Test
  void aResetShouldBeToldOnce() {
    SignedIn ann = registerVerified();
    seen(api()).post("/api/v1/auth/password/forgot", Map.of("email", email(ann)));
    Mail asked = mails.await(email(ann), "reset-password");
    assertThat(asked.values()).containsKeys("when", "link").containsEntry("address", "203.0.113.9");
    String token = String.valueOf(asked.values().get("link")).replaceAll(".*#", "");

    Api.Answer reset =
        seen(api())
            .post("/api/v1/auth/password/reset", Map.of("token", token, "newPassword", PASSWORD));

    assertThat(reset.status()).isEqualTo(200);
    assertThat(mails.await(email(ann), "password-reset").values())
        .containsEntry("address", "203.0.113.9")
        .containsEntry("link", ACCOUNT)
        .doesNotContainValue(token);
    assertThat(mails.count(email(ann), "password-changed")).isZero();
  }

  @Test
  void aNewAddressShouldBeToldWhenAskedForAndWhenDoneToBoth() {
    SignedIn ann = registerVerified();
    String next = "next" + email(ann);

    assertThat(changeEmail(seen(ann), next, PASSWORD).status()).isEqualTo(202);

    assertThat(mails.await(email(ann), "email-change-requested").values())
        .containsEntry("device", "Firefox on Linux")
        .doesNotContainValue(next);
    String token = mails.awaitToken(next, "verify-email");
    assertThat(mails.count(email(ann), "email-changed")).isZero();
    assertThat(seen(api()).post("/api/v1/auth/email/verify", Map.of("token", token)).status())
        .isEqualTo(204);
    assertThat(mails.await(email(ann), "email-changed").values())
        .containsEntry("address", "203.0.113.9")
        .doesNotContainKey("link");
    assertThat(mails.await(next, "new-email").values()).containsEntry("link", ACCOUNT);
    assertThat(mails.count(next, "email-changed")).isZero();
    assertThat(mails.count(email(ann), "new-email")).isZero();
  }

  @Test
  void anAddressThatIsVerifiedForTheFirstTimeShouldBeToldNothing() {
    SignedIn ann = registerVerified();

    as(ann).post(TOKENS, token("x", "messages:read"));

    mails.await(email(ann), "token-created");
    assertThat(mails.count(email(ann), "new-email")).isZero();
    assertThat(mails.count(email(ann), "email-changed")).isZero();
  }

  @Test
  void theSecondFactorShouldBeToldInAllItsChanges() throws Exception {
    SignedIn ann = registerVerified();
    String secret = seen(ann).post(TOTP, Map.of("password", PASSWORD)).at("/secret");
    Api.Answer on = seen(ann).post(TOTP + "/confirm", Map.of("code", code(secret)));
    String recoveryCode = on.at("/recoveryCodes/0");

    assertThat(mails.await(email(ann), "second-factor-on").values())
        .containsEntry("device", "Firefox on Linux")
        .doesNotContainValue(secret);
    assertThat(
            seen(api())
                .post(
                    LOGIN,
                    Map.of("login", ann.username(), "password", PASSWORD, "code", recoveryCode))
                .status())
        .isEqualTo(200);
    assertThat(mails.await(email(ann), "recovery-code-used").values())
        .containsEntry("codesLeft", "9")
        .containsEntry("address", "203.0.113.9")
        .doesNotContainValue(recoveryCode);
    assertThat(renew(ann, recoveryCode).status()).isEqualTo(403);
    clock.forward(Duration.ofSeconds(30));
    Api.Answer renewed = renew(ann, code(secret));
    assertThat(mails.await(email(ann), "recovery-codes-renewed").values())
        .containsKey("when")
        .doesNotContainValue(renewed.at("/recoveryCodes/0"));
    clock.forward(Duration.ofSeconds(30));
    assertThat(
            as(ann)
                .post(TOTP + "/disable", Map.of("password", PASSWORD, "code", code(secret)))
                .status())
        .isEqualTo(204);
    mails.await(email(ann), "second-factor-off");
    for (String once :
        List.of(
            "second-factor-on",
            "second-factor-off",
            "recovery-code-used",
            "recovery-codes-renewed")) {
      assertThat(mails.count(email(ann), once)).as(once).isZero();
    }
  }

  @Test
  void tokensAndBotsShouldBeToldToTheirOwner() {
    SignedIn ann = registerVerified();
    Api.Answer own = seen(ann).post(TOKENS, token("backup", "messages:read", "account:read"));

    assertThat(mails.await(email(ann), "token-created").values())
        .containsEntry("name", "backup")
        .containsEntry("scopes", "account:read messages:read")
        .containsEntry("until", own.at("/expiresAt"))
        .containsEntry("device", "Firefox on Linux")
        .doesNotContainKey("bot")
        .doesNotContainValue(own.at("/token"));
    String name = freshName();
    String bot = as(ann).post(BOTS, Map.of("username", name, "displayName", "B")).at("/id");
    assertThat(mails.await(email(ann), "bot-created").values()).containsEntry("name", name);
    as(ann).post(BOTS + "/" + bot + "/tokens", token("of the bot", "messages:read"));
    assertThat(mails.await(email(ann), "token-created").values())
        .containsEntry("name", "of the bot")
        .containsEntry("bot", name);
  }

  @Test
  void aCopiedLoginShouldBeTold() {
    SignedIn ann = registerVerified();
    SignedIn phone =
        signedIn(
            api()
                .post(
                    LOGIN,
                    Map.of(
                        "login",
                        ann.username(),
                        "password",
                        PASSWORD,
                        "deviceName",
                        "Ann's phone")));
    refresh(phone.refreshToken());
    clock.forward(Duration.ofSeconds(11));

    assertThat(refresh(phone.refreshToken()).problem()).isEqualTo("401 refresh-token-reused");
    assertThat(refresh(phone.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");

    assertThat(mails.await(email(ann), "session-reused").values())
        .containsEntry("device", "Ann's phone")
        .containsEntry("address", "203.0.113.9")
        .doesNotContainValue(phone.refreshToken());
    as(ann).post(TOKENS, token("x", "messages:read"));
    mails.await(email(ann), "token-created");
    assertThat(mails.count(email(ann), "session-reused")).isZero();
  }

  @Test
  void aLockShouldBeToldWithoutWhoAndWhy() {
    SignedIn ann = registerVerified();
    Api admin = seen(registerWithRole("ADMIN"));
    String path = "/api/v1/admin/users/" + ann.id();
    Instant until = clock.instant().plus(Duration.ofDays(2));

    admin.post(path + "/lock", Map.of("reason", "spam", "until", until.toString()));
    admin.post(path + "/lock", Map.of("reason", "still spam", "until", until.toString()));

    Mail locked = mails.await(email(ann), "account-locked");
    assertThat(locked.values())
        .containsOnlyKeys("displayName", "when", "until")
        .containsEntry("until", until.toString());
    admin.post(path + "/unlock", "");
    assertThat(mails.await(email(ann), "account-unlocked").values())
        .containsOnlyKeys("displayName", "when", "link");
    assertThat(mails.count(email(ann), "account-locked")).isZero();
    admin.post(path + "/unlock", "");
    admin.post(path + "/lock", Map.of("reason", "spam"));
    assertThat(mails.await(email(ann), "account-locked").values()).doesNotContainKey("until");
    assertThat(mails.count(email(ann), "account-unlocked")).isZero();
  }

  @Test
  void aFloodShouldEndWithAMailThatSaysSo() {
    SignedIn ann = registerVerified();
    mails.await(email(ann), "new-login");

    for (int i = 0; i < 12; i++) {
      assertThat(as(ann).post(TOKENS, token("t" + i, "messages:read")).status()).isEqualTo(201);
    }
    changePassword(as(ann), PASSWORD);

    // Another kind is told all the same.
    mails.await(email(ann), "password-changed");
    assertThat(mails.count(email(ann), "token-created")).isEqualTo(10);
    Instant first = Instant.parse(mails.await(email(ann), "token-created").values().get("when"));
    for (int i = 1; i < 9; i++) {
      assertThat(mails.await(email(ann), "token-created").values())
          .containsEntry("name", "t" + i)
          .doesNotContainKey("mutedUntil");
    }
    assertThat(mails.await(email(ann), "token-created").values())
        .containsEntry("name", "t9")
        .containsEntry("mutedUntil", first.plus(Duration.ofDays(1)).toString());
    clock.forward(Duration.ofDays(1).plusSeconds(1));
    as(logIn(ann)).post(TOKENS, token("next day", "messages:read"));
    assertThat(mails.await(email(ann), "token-created").values())
        .containsEntry("name", "next day")
        .doesNotContainKey("mutedUntil");
  }

  private Api seen(SignedIn user) {
    return seen(as(user));
  }

  /** As the gateway passes on a request of Firefox. */
  private static Api seen(Api api) {
    return api.with("User-Agent", FIREFOX).from("203.0.113.9");
  }

  private Api.Answer renew(SignedIn user, String code) {
    return as(user).post(TOTP + "/recovery-codes", Map.of("password", PASSWORD, "code", code));
  }

  private Api.Answer refresh(String token) {
    return seen(api()).post("/api/v1/auth/refresh", Map.of("refreshToken", token));
  }

  private static Api.Answer changePassword(Api api, String current) {
    return api.put(
        "/api/v1/users/me/password", Map.of("currentPassword", current, "newPassword", PASSWORD));
  }

  private static Api.Answer changeEmail(Api api, String email, String password) {
    return api.put("/api/v1/users/me/email", Map.of("email", email, "password", password));
  }

  private Map<String, Object> token(String name, String... scopes) {
    return Map.of(
        "name",
        name,
        "scopes",
        List.of(scopes),
        "password",
        PASSWORD,
        "expiresAt",
        clock.instant().plus(Duration.ofDays(7)).toString());
  }

  private String code(String secret) throws InvalidKeyException {
    return new TimeBasedOneTimePasswordGenerator()
        .generateOneTimePasswordString(
            new SecretKeySpec(new Base32().decode(secret), "RAW"), clock.instant());
  }
}
