package io.parley.user.email;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MailRequested;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "PARLEY_ADMIN_EMAILS=the-admin@example.org, Second@Example.org")
class EmailIT extends UserServiceIT {

  private static final String VERIFY = "/api/v1/auth/email/verify";
  private static final String RESEND = "/api/v1/auth/email/resend";
  private static final String REGISTER = "/api/v1/auth/register";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String CHANGE = "/api/v1/users/me/email";
  private static final String ME = "/api/v1/users/me";

  @Test
  void registerShouldSendALinkThatVerifiesOnce() {
    SignedIn ann = register();
    MailRequested.Mail mail = mails.await(email(ann), "verify-email");
    String link = String.valueOf(mail.values().get("link"));
    String token = link.replaceAll(".*#", "");

    assertThat(link).startsWith("http://127.0.0.1:18080/verify-email#");
    assertThat(mail.values()).containsEntry("displayName", "Somebody");
    assertThat(as(ann).get(ME).json().at("/emailVerified").asBoolean()).isFalse();
    assertThat(verify(token).status()).isEqualTo(204);
    assertThat(as(ann).get(ME).json().at("/emailVerified").asBoolean()).isTrue();
    assertThat(verify(token).problem()).isEqualTo("400 link-invalid");
    assertThat(audited("email.verified", ann.id())).isEqualTo(1);
    assertThat(as(ann).post(RESEND, "").problem()).isEqualTo("409 email-verified");
  }

  @Test
  void secretsOfMailsShouldBeNowhereInPlainText() {
    SignedIn ann = register();
    String token = mails.awaitToken(email(ann), "verify-email");

    assertThat(mails.raw()).doesNotContain(token).doesNotContain(email(ann));
    assertThat(
            database
                .sql("SELECT count(*) FROM mail_tokens WHERE hash = ?")
                .param(token)
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void verifyShouldRefuseOldLinksAndThoseWithASuccessor() {
    SignedIn ann = register();
    String first = mails.awaitToken(email(ann), "verify-email");
    assertThat(as(ann).post(RESEND, "").status()).isEqualTo(202);
    String second = mails.awaitToken(email(ann), "verify-email");

    assertThat(verify(first).problem()).isEqualTo("400 link-invalid");
    clock.forward(Duration.ofHours(24).plusSeconds(1));
    assertThat(verify(second).problem()).isEqualTo("400 link-invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"token\":null}",
        "{\"token\":1}",
        "{\"token\":\"x\",\"more\":1}",
        "[]",
        "",
      })
  void verifyShouldRefuseWhatIsNotTheCommand(String body) {
    assertThat(api().post(VERIFY, body).problem()).isEqualTo("400 invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "' OR 1=1 --", "\u0000", "👩", "%00"})
  void verifyShouldRefuseTokensThatAreNoneOfOurs(String token) {
    assertThat(verify(token).problem()).isEqualTo("400 link-invalid");
    assertThat(verify("x".repeat(200)).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void verifyShouldTakeALinkOnceWhenItIsFollowedManyTimesAtOnce() throws Exception {
    SignedIn ann = register();
    String token = mails.awaitToken(email(ann), "verify-email");

    List<Api.Answer> answers = atOnce(6, i -> verify(token));

    assertThat(answers.stream().filter(answer -> answer.status() == 204)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() == 400)).hasSize(5);
  }

  @Test
  void resendShouldBeLimited() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();

          assertThat(as(ann).post(RESEND, "").status()).isEqualTo(202);
          assertThat(as(ann).post(RESEND, "").status()).isEqualTo(202);
          Api.Answer third = as(ann).post(RESEND, "");
          assertThat(third.problem()).isEqualTo("429 rate-limited");
          assertThat(third.at("/limiter")).isEqualTo("mails");
          assertThat(Long.parseLong(String.valueOf(third.header("retry-after")))).isPositive();
          assertThat(api().post(RESEND, "").problem()).isEqualTo("401 unauthenticated");
        });
  }

  @Test
  void changedAddressShouldCountOnceVerifiedAndTheOldOneBeTold() {
    SignedIn ann = registerVerified();
    String other = "new" + email(ann);

    assertThat(change(ann, other, PASSWORD).status()).isEqualTo(202);
    assertThat(as(ann).get(ME).at("/email")).isEqualTo(email(ann));
    String token = mails.awaitToken(other, "verify-email");
    assertThat(verify(token).status()).isEqualTo(204);

    assertThat(as(ann).get(ME).at("/email")).isEqualTo(other);
    assertThat(mails.await(email(ann), "email-changed").values()).containsKey("displayName");
    assertThat(audited("email.changed", ann.id())).isEqualTo(1);
  }

  @Test
  void changeShouldAskForThePasswordAndRefuseTakenOrBadAddresses() {
    SignedIn ann = registerVerified();
    SignedIn bob = register();

    assertThat(change(ann, "x" + email(ann), "not the password").problem())
        .isEqualTo("403 wrong-password");
    assertThat(change(ann, email(bob).toUpperCase(Locale.ROOT), PASSWORD).problem())
        .isEqualTo("409 email-taken");
    for (String bad : List.of("nobody", "a@b", "a\nb@example.org", "a,b@example.org", "")) {
      assertThat(change(ann, bad, PASSWORD).problem()).isEqualTo("400 invalid-request");
    }
  }

  @Test
  void verifyShouldGiveTheAddressToOneOfTwoAccounts() {
    SignedIn ann = registerVerified();
    SignedIn bob = registerVerified();
    String wanted = "wanted" + email(ann);
    change(ann, wanted, PASSWORD);
    String anns = mails.awaitToken(wanted, "verify-email");
    change(bob, wanted, PASSWORD);
    String bobs = mails.awaitToken(wanted, "verify-email");

    assertThat(verify(anns).status()).isEqualTo(204);
    assertThat(verify(bobs).problem()).isEqualTo("409 email-taken");
  }

  @Test
  void listedAddressesShouldMakeAdminsOnceVerified() {
    String name = freshName();
    Map<String, Object> command = new HashMap<>(registration(name));
    command.put("email", "second@example.org");
    SignedIn ann = signedIn(api().post("/api/v1/auth/register", command));
    assertThat(as(ann).get(ME).at("/role")).isEqualTo("user");

    verify(mails.awaitToken("second@example.org", "verify-email"));

    assertThat(as(ann).get(ME).at("/role")).isEqualTo("admin");
    assertThat(audited("role.changed", ann.id())).isEqualTo(1);
    assertThat(as(logIn(ann)).post("/api/v1/admin/signing-keys", "").status()).isEqualTo(202);
  }

  private Api.Answer verify(String token) {
    return api().post(VERIFY, Map.of("token", token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".a@example.org",
        "a..b@example.org",
        "a@-x.org",
        "a@[127.0.0.1]",
        "j\u00fcrgen@example.org",
        "a(x)@example.org",
        "a:b@example.org",
        "a\u00a0@example.org",
        "a@example.org\u00a0",
        "a\u200b@example.org"
      })
  void addressesThatNoMailCanBeSentToShouldBeRefused(String address) {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("email", address);

    Api.Answer answer = api().post(REGISTER, command);

    assertThat(answer.problem()).isEqualTo("400 invalid-request");
    assertThat(answer.at("/errors/0/field")).isEqualTo("email");
    assertThat(change(register(), address, PASSWORD).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void twinsOfAnAddressShouldBeOneAccount() {
    String name = freshName();
    Map<String, Object> command = new HashMap<>(registration(name));
    command.put("email", name + "@B\u00fccher.example");
    Api.Answer ann = api().post(REGISTER, command);
    assertThat(ann.status()).isEqualTo(201);
    assertThat(ann.at("/user/email")).isEqualTo(name + "@b\u00fccher.example");

    for (String twin :
        List.of(
            name + "@xn--bcher-kva.example",
            name + "@bu\u0308cher.example",
            name.toUpperCase(Locale.ROOT) + "@B\u00dcCHER.EXAMPLE",
            name + "@\uff42\u00fccher\uff0eexample")) {
      Map<String, Object> second = new HashMap<>(registration(freshName()));
      second.put("email", twin);
      assertThat(api().post(REGISTER, second).problem()).isEqualTo("409 email-taken");
      assertThat(
              api().post(LOGIN, Map.of("login", twin, "password", PASSWORD)).at("/user/username"))
          .isEqualTo(name);
    }
    // The mail server is told what it can look up.
    mails.awaitToken(name + "@xn--bcher-kva.example", "verify-email");
  }

  @Test
  void sharpSShouldNotBeTwoOfThem() {
    String name = freshName();
    Map<String, Object> command = new HashMap<>(registration(name));
    command.put("email", name + "@stra\u00dfe.example");
    assertThat(api().post(REGISTER, command).status()).isEqualTo(201);
    mails.awaitToken(name + "@xn--strae-oqa.example", "verify-email");

    Map<String, Object> other = new HashMap<>(registration(freshName()));
    other.put("email", name + "@strasse.example");
    assertThat(api().post(REGISTER, other).status()).isEqualTo(201);
  }

  private Api.Answer change(SignedIn user, String email, String password) {
    return as(user).put(CHANGE, Map.of("email", email, "password", password));
  }
}
