package io.parley.user.session;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthIT extends UserServiceIT {

  private static final String REGISTER = "/api/v1/auth/register";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String REFRESH = "/api/v1/auth/refresh";
  private static final String LOGOUT = "/api/v1/auth/logout";
  private static final String ME = "/api/v1/users/me";

  @Test
  void registerShouldAnswerTheUserAndTokens() {
    String name = freshName();

    Api.Answer answer = api().post(REGISTER, registration(name));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.at("/user/username")).isEqualTo(name);
    assertThat(answer.at("/user/email")).isEqualTo(name + "@example.org");
    assertThat(answer.at("/user/createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    assertThat(answer.json().at("/expiresIn").asLong()).isEqualTo(900);
    assertThat(answer.headers().get("cache-control")).containsExactly("no-store");
    Api.Answer me = api().withToken(answer.at("/accessToken")).get(ME);
    assertThat(me.json()).isEqualTo(answer.json().get("user"));
  }

  @Test
  void registerShouldKeepUsernamesInLowerCase() {
    String name = freshName();

    assertThat(register(name.toUpperCase(Locale.ROOT)).username()).isEqualTo(name);
  }

  @Test
  void registerShouldAnswerTakenWhateverTheCase() {
    String name = freshName();
    register(name);

    assertThat(api().post(REGISTER, registration(name.toUpperCase(Locale.ROOT))).problem())
        .isEqualTo("409 username-taken");
    assertThat(
            api()
                .post(
                    REGISTER,
                    with(
                        registration(freshName()),
                        "email",
                        name.toUpperCase(Locale.ROOT) + "@EXAMPLE.org"))
                .problem())
        .isEqualTo("409 email-taken");
  }

  @Test
  void registerShouldMakeOneAccountWhenManyWantItsNameAtOnce() throws Exception {
    String name = freshName();

    List<Api.Answer> answers =
        atOnce(
            12,
            i ->
                api().post(REGISTER, with(registration(name), "email", i + name + "@example.org")));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> assertThat(answer.problem()).isEqualTo("409 username-taken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "username    | `ab`",
        "username    | `abcdefghijklmnopqrstuvwxyz0123456`",
        "username    | `with space`",
        "username    | `dash-ed`",
        "username    | `ünicode`",
        "username    | `аnn`",
        "username    | `a@b.c`",
        "username    | `newline\n`",
        "email       | `nobody`",
        "email       | `@example.org`",
        "email       | `a@b`",
        "email       | `a@b..org`",
        "email       | `a b@example.org`",
        "email       | `a@example.org, b@example.org`",
        "email       | `a@example.org\u0000`",
        "password    | `too short`",
        "password    | `          `",
        "password    | `tab\tulators are out`",
        "password    | `hidden\u200bspaces are out`",
        "password    | `turned\u202e letters are out`",
        "displayName | ``",
        "displayName | `   `",
        "displayName | `a\u0000b`",
        "displayName | `a\u001bb`",
        "displayName | `a\u0085b`",
        "displayName | `two\nlines`",
      })
  void registerShouldNameTheMemberItRefuses(String member, @Nullable String value) {
    Api.Answer answer = api().post(REGISTER, with(registration(freshName()), member, value));

    assertThat(answer.problem()).isEqualTo("400 invalid-request");
    assertThat(answer.at("/errors/0/field")).isEqualTo(member);
  }

  @Test
  void registerShouldRefuseTextsOverTheirLimits() {
    Map<String, Object> command = registration(freshName());

    assertThat(api().post(REGISTER, with(command, "displayName", "é".repeat(65))).problem())
        .isEqualTo("400 invalid-request");
    assertThat(api().post(REGISTER, with(command, "password", "x".repeat(129))).problem())
        .isEqualTo("400 invalid-request");
    assertThat(
            api().post(REGISTER, with(command, "email", "a@" + "b".repeat(250) + ".org")).problem())
        .isEqualTo("400 invalid-request");
    assertThat(api().post(REGISTER, with(command, "displayName", "👩".repeat(64))).status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        "{\"username\":}",
        "{} {}",
        "{\"username\":123,\"email\":\"a@example.org\",\"password\":\"0123456789\","
            + "\"displayName\":\"x\"}",
        "{\"username\":\"wrongtype\",\"email\":[],\"password\":\"0123456789\","
            + "\"displayName\":\"x\"}",
        "{\"username\":\"wrongtype\",\"email\":\"a@example.org\",\"password\":1234567890,"
            + "\"displayName\":\"x\"}",
        "{\"username\":\"wrongtype\",\"email\":\"a@example.org\",\"password\":\"0123456789\","
            + "\"displayName\":true}",
        "{\"username\":\"unknown_member\",\"email\":\"a@example.org\","
            + "\"password\":\"0123456789\",\"displayName\":\"x\",\"admin\":true}",
        "{\"username\":\"one\",\"username\":\"two\",\"email\":\"a@example.org\","
            + "\"password\":\"0123456789\",\"displayName\":\"x\"}",
        "{\"username\":null,\"email\":null,\"password\":null,\"displayName\":null}",
        "{\"username\":\"missing\"}",
        "{\"username\":\"half_a_pair\",\"email\":\"a@example.org\","
            + "\"password\":\"0123456789\",\"displayName\":\"\\ud83d\"}",
      })
  void registerShouldRefuseWhatIsNotTheCommand(String body) {
    assertThat(api().post(REGISTER, body).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void registerShouldRefuseWhatIsNotJsonOrTooLarge() {
    String large = "{\"username\":\"" + "x".repeat(70_000) + "\"}";

    assertThat(api().send("POST", REGISTER, "a=b", "application/x-www-form-urlencoded").problem())
        .isEqualTo("415 unsupported-media-type");
    assertThat(api().post(REGISTER, large).problem()).isEqualTo("413 body-too-large");
    assertThat(api().postChunked(REGISTER, large).problem()).isEqualTo("413 body-too-large");
    assertThat(api().get(REGISTER).problem()).isEqualTo("405 method-not-allowed");
    assertThat(api().post("/api/v1/auth/nothing", "{}").problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void loginShouldTakeUsernameOrEmailInAnyCase() {
    SignedIn user = register();

    for (String login :
        List.of(
            user.username(),
            user.username().toUpperCase(Locale.ROOT),
            user.username() + "@example.org",
            user.username().toUpperCase(Locale.ROOT) + "@Example.ORG")) {
      SignedIn again = signedIn(logIn(login, PASSWORD));
      assertThat(again.id()).isEqualTo(user.id());
      assertThat(again.refreshToken()).isNotEqualTo(user.refreshToken());
    }
  }

  @Test
  void loginShouldTakeANameHoweverItWasTyped() {
    SignedIn user = register();
    String name = user.username();

    for (String login :
        List.of(
            name + " ",
            " " + name,
            name + "\u00a0",
            name + "\u200b",
            "\t" + name + "\n",
            "@" + name,
            " @" + name.toUpperCase(Locale.ROOT) + " ",
            fullWidth(name),
            " " + name + "@example.org\u3000",
            fullWidth(name + "@Example.org"))) {
      assertThat(signedIn(logIn(login, PASSWORD)).id()).isEqualTo(user.id());
    }
  }

  private static String fullWidth(String ascii) {
    StringBuilder wide = new StringBuilder();
    ascii.chars().forEach(c -> wide.append((char) (c - '!' + '\uff01')));
    return wide.toString();
  }

  @Test
  void loginShouldNotTellAWrongPasswordFromAnUnknownUser() {
    SignedIn user = register();

    Api.Answer wrong = logIn(user.username(), "not the password");
    Api.Answer unknown = logIn(freshName(), PASSWORD);
    Api.Answer unknownEmail = logIn(freshName() + "@example.org", PASSWORD);

    assertThat(wrong.problem()).isEqualTo("401 bad-credentials");
    assertThat(unknown.text()).isEqualTo(wrong.text());
    assertThat(unknownEmail.text()).isEqualTo(wrong.text());
  }

  @Test
  void loginShouldRefuseControlCharacters() {
    assertThat(logIn("nul\u0000", PASSWORD).problem()).isEqualTo("400 invalid-request");
    assertThat(logIn("nul\u0000@example.org", PASSWORD).problem()).isEqualTo("400 invalid-request");
    assertThat(logIn("two\nlines", PASSWORD).problem()).isEqualTo("400 invalid-request");
    assertThat(logIn(" \u00a0\n", PASSWORD).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void refreshShouldExchangeEachTokenForTheNext() {
    SignedIn first = register();

    SignedIn second = signedIn(refresh(first.refreshToken()));
    SignedIn third = signedIn(refresh(second.refreshToken()));

    assertThat(List.of(first.refreshToken(), second.refreshToken(), third.refreshToken()))
        .doesNotHaveDuplicates();
    assertThat(third.id()).isEqualTo(first.id());
    assertThat(api().withToken(third.accessToken()).get(ME).status()).isEqualTo(200);
  }

  @Test
  void refreshShouldEndTheSessionWhenATokenIsReused() {
    SignedIn first = register();
    SignedIn second = signedIn(refresh(first.refreshToken()));
    clock.forward(Duration.ofSeconds(11));

    assertThat(refresh(first.refreshToken()).problem()).isEqualTo("401 refresh-token-reused");
    assertThat(refresh(second.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(first.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
  }

  @Test
  void refreshShouldLeaveOtherSessionsWhenOneIsEnded() {
    SignedIn phone = register();
    SignedIn laptop = signedIn(logIn(phone.username(), PASSWORD));
    refresh(phone.refreshToken());
    clock.forward(Duration.ofSeconds(11));
    refresh(phone.refreshToken());

    assertThat(refresh(laptop.refreshToken()).status()).isEqualTo(200);
  }

  @Test
  void refreshShouldAnswerAgainWithinTheGraceWhenTheAnswerWasLost() {
    Duration grace = Duration.ofSeconds(10);
    Instant used;
    Api.Answer again;
    do {
      SignedIn first = register();
      used = clock.instant();
      refresh(first.refreshToken());
      clock.forward(grace.minusSeconds(1));
      again = refresh(first.refreshToken());
      // Nobody knows when it arrived if it is over by now.
    } while (again.status() != 200 && clock.instant().isAfter(used.plus(grace)));

    SignedIn retried = signedIn(again);

    assertThat(refresh(retried.refreshToken()).status()).isEqualTo(200);
  }

  @Test
  void refreshShouldGrantNoRetryOnceTheAnswerIsKnownToHaveArrived() {
    SignedIn first = register();
    SignedIn second = signedIn(refresh(first.refreshToken()));
    SignedIn third = signedIn(refresh(second.refreshToken()));

    assertThat(refresh(first.refreshToken()).problem()).isEqualTo("401 refresh-token-reused");
    assertThat(refresh(third.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
  }

  @Test
  void refreshShouldLeaveOneBranchWhenOneTokenIsExchangedManyTimesAtOnce() throws Exception {
    SignedIn first = register();

    List<Api.Answer> answers = atOnce(8, i -> refresh(first.refreshToken()));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
    assertThat(answers.stream().map(answer -> answer.at("/refreshToken"))).doesNotHaveDuplicates();
    SignedIn chosen = signedIn(refresh(answers.get(3).at("/refreshToken")));
    assertThat(refresh(chosen.refreshToken()).status()).isEqualTo(200);
    assertThat(refresh(answers.get(4).at("/refreshToken")).problem())
        .isEqualTo("401 refresh-token-reused");
    assertThat(refresh(chosen.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
  }

  @Test
  void refreshShouldNeverLeaveTwoBranchesWhenSiblingsAreExchangedAtOnce() throws Exception {
    SignedIn first = register();
    List<String> siblings =
        List.of(
            refresh(first.refreshToken()).at("/refreshToken"),
            refresh(first.refreshToken()).at("/refreshToken"));

    List<Api.Answer> answers = atOnce(2, i -> refresh(siblings.get(i)));

    assertThat(answers.stream().map(Api.Answer::status)).containsExactlyInAnyOrder(200, 401);
    for (Api.Answer answer : answers) {
      if (answer.status() == 200) {
        assertThat(refresh(answer.at("/refreshToken")).problem())
            .isEqualTo("401 refresh-token-invalid");
      } else {
        assertThat(answer.problem()).isEqualTo("401 refresh-token-reused");
      }
    }
  }

  @Test
  void refreshShouldRefuseUnknownTokensAndThoseOfExpiredSessions() {
    SignedIn user = register();
    clock.forward(Duration.ofDays(30).plusSeconds(1));

    assertThat(refresh(user.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh("nonsense").problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(user.accessToken()).problem()).isEqualTo("400 invalid-request");
    assertThat(api().post(REFRESH, "{}").problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void refreshShouldForgetTokensUsedLongAgo() {
    SignedIn first = register();
    SignedIn second = signedIn(refresh(first.refreshToken()));
    clock.forward(Duration.ofHours(25));
    SignedIn third = signedIn(refresh(second.refreshToken()));

    assertThat(refresh(first.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(third.refreshToken()).status()).isEqualTo(200);
  }

  @Test
  void logoutShouldEndTheSessionAndNoOther() {
    SignedIn phone = register();
    SignedIn laptop = signedIn(logIn(phone.username(), PASSWORD));

    Api.Answer answer = api().withToken(phone.accessToken()).post(LOGOUT, "");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(refresh(phone.refreshToken()).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(laptop.refreshToken()).status()).isEqualTo(200);
    assertThat(api().withToken(phone.accessToken()).post(LOGOUT, "").problem())
        .isEqualTo("401 unauthenticated");
    assertThat(api().post(LOGOUT, "").problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void storedSecretsShouldBeHashed() {
    SignedIn user = register();

    String hash =
        database
            .sql("SELECT password_hash FROM credentials WHERE account_id = CAST(? AS uuid)")
            .param(user.id())
            .query(String.class)
            .single();
    assertThat(hash).startsWith("$argon2id$").doesNotContain(PASSWORD);
    assertThat(
            database
                .sql("SELECT count(*) FROM refresh_tokens WHERE hash = ?")
                .param(user.refreshToken())
                .query(Integer.class)
                .single())
        .isZero();
  }

  private Api.Answer logIn(String login, String password) {
    return api().post(LOGIN, Map.of("login", login, "password", password));
  }

  private Api.Answer refresh(String token) {
    return api().post(REFRESH, Map.of("refreshToken", token));
  }

  private static Map<String, Object> with(
      Map<String, Object> command, String member, @Nullable String value) {
    Map<String, Object> changed = new HashMap<>(command);
    changed.put(member, value == null ? "" : value);
    return changed;
  }
}
