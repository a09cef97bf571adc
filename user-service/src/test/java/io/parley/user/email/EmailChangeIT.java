package io.parley.user.email;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever took an account over keeps no link that gives it back to them. */
class EmailChangeIT extends UserServiceIT {

  private static final String VERIFY = "/api/v1/auth/email/verify";
  private static final String CANCEL = "/api/v1/auth/email/cancel";
  private static final String RESEND = "/api/v1/auth/email/resend";
  private static final String CHANGE = "/api/v1/users/me/email";
  private static final String ME = "/api/v1/users/me";
  private static final String BETTER = "staple the blue giraffe 7";

  private enum Rescue {
    RESET,
    PASSWORD_CHANGED,
    SESSION_ENDED,
    OTHERS_ENDED,
    LOGGED_OUT,
    LOCKED,
    ENDED_BY_ADMIN
  }

  @ParameterizedTest
  @EnumSource
  void aLinkShouldEndWithWhatLetItBeAskedFor(Rescue rescue) {
    SignedIn ann = registerVerified();
    SignedIn thief = logIn(ann);
    String next = "thief" + email(ann);
    assertThat(change(thief, next).status()).isEqualTo(202);
    String link = mails.awaitToken(next, "verify-email");

    rescue(rescue, ann, thief);

    assertThat(verify(link).problem()).isEqualTo("400 link-invalid");
    assertThat(emailOf(ann)).isEqualTo(email(ann));
    assertThat(audited("email.changed", ann.id())).isZero();
  }

  private void rescue(Rescue rescue, SignedIn owner, SignedIn thief) {
    String admins = "/api/v1/admin/users/" + owner.id();
    Api.Answer answer =
        switch (rescue) {
          case RESET -> {
            api().post("/api/v1/auth/password/forgot", Map.of("email", email(owner)));
            String token = mails.awaitToken(email(owner), "reset-password");
            yield api()
                .post("/api/v1/auth/password/reset", Map.of("token", token, "newPassword", BETTER));
          }
          // In the very session that asked for the address.
          case PASSWORD_CHANGED ->
              as(thief)
                  .put(
                      "/api/v1/users/me/password",
                      Map.of("currentPassword", PASSWORD, "newPassword", BETTER));
          case SESSION_ENDED ->
              as(owner).delete("/api/v1/users/me/sessions/" + sessionOf(owner, thief));
          case OTHERS_ENDED -> as(owner).delete("/api/v1/users/me/sessions");
          case LOGGED_OUT -> as(thief).post("/api/v1/auth/logout", "");
          case LOCKED ->
              as(registerWithRole("ADMIN")).post(admins + "/lock", Map.of("reason", "stolen"));
          case ENDED_BY_ADMIN -> as(registerWithRole("ADMIN")).delete(admins + "/sessions");
        };
    assertThat(answer.status()).as("%s", answer).isIn(200, 204);
  }

  /** Which of the owner's sessions is the other one. */
  private String sessionOf(SignedIn owner, SignedIn thief) {
    for (var item : as(thief).get("/api/v1/users/me/sessions").json().get("items")) {
      if (item.get("current").asBoolean()) {
        return item.get("id").asString();
      }
    }
    throw new AssertionError("no session of " + owner);
  }

  @Test
  void resendShouldNotSendTheLinkOfAnotherSession() {
    SignedIn ann = registerVerified();
    SignedIn thief = logIn(ann);
    String next = "thief" + email(ann);
    change(thief, next);
    String link = mails.awaitToken(next, "verify-email");

    assertThat(as(ann).post(RESEND, "").problem()).isEqualTo("409 email-verified");
    assertThat(mails.count(next, "verify-email")).isZero();
    assertThat(verify(link).status()).isEqualTo(204);
    assertThat(emailOf(ann)).isEqualTo(next);
  }

  @Test
  void resendShouldSendTheLinkOfItsOwnSession() {
    SignedIn ann = registerVerified();
    String next = "next" + email(ann);
    change(ann, next);
    mails.awaitToken(next, "verify-email");

    assertThat(as(ann).post(RESEND, "").status()).isEqualTo(202);
    assertThat(verify(mails.awaitToken(next, "verify-email")).status()).isEqualTo(204);
    assertThat(emailOf(ann)).isEqualTo(next);
  }

  @Test
  void thePresentAddressShouldBeToldAtOnceAndBeAbleToCancel() {
    SignedIn ann = registerVerified();
    String next = "thief" + email(ann);
    change(ann, next);
    String link = String.valueOf(requested(ann));
    String cancel = link.replaceAll(".*#", "");
    String verify = mails.awaitToken(next, "verify-email");

    assertThat(link).startsWith("http://127.0.0.1:18080/keep-email#");
    assertThat(cancel).doesNotContain(ann.id()).hasSizeLessThan(2048);
    assertThat(cancel(cancel).status()).isEqualTo(204);
    assertThat(verify(verify).problem()).isEqualTo("400 link-invalid");
    assertThat(audited("email.change_cancelled", ann.id())).isEqualTo(1);
    // It may be followed twice, and the link of an earlier request takes back a later one.
    assertThat(cancel(cancel).status()).isEqualTo(204);
    change(ann, next);
    String again = mails.awaitToken(next, "verify-email");
    assertThat(cancel(cancel).status()).isEqualTo(204);
    assertThat(verify(again).problem()).isEqualTo("400 link-invalid");
  }

  @Test
  void cancelShouldLeaveTheLinkOfARegistration() {
    SignedIn ann = registerVerified();
    change(ann, "next" + email(ann));
    String cancel = requested(ann).replaceAll(".*#", "");
    as(ann).put(CHANGE, Map.of("email", email(ann), "password", PASSWORD));
    String own = mails.awaitToken(email(ann), "verify-email");

    assertThat(cancel(cancel).status()).isEqualTo(204);
    assertThat(verify(own).status()).isEqualTo(204);
  }

  @Test
  void cancelShouldRefuseOldLinksAndThoseOfAnotherAddress() {
    SignedIn ann = registerVerified();
    String next = "next" + email(ann);
    change(ann, next);
    String cancel = requested(ann).replaceAll(".*#", "");
    assertThat(verify(mails.awaitToken(next, "verify-email")).status()).isEqualTo(204);

    assertThat(cancel(cancel).problem()).isEqualTo("400 link-invalid");
    SignedIn bob = registerVerified();
    change(bob, "next" + email(bob));
    String bobs = requested(bob).replaceAll(".*#", "");
    clock.forward(Duration.ofHours(24).plusSeconds(1));
    assertThat(cancel(bobs).problem()).isEqualTo("400 link-invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "' OR 1=1 --", "\u0000", "👩", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void cancelShouldRefuseTokensThatAreNoneOfOurs(String token) {
    assertThat(cancel(token).problem()).isEqualTo("400 link-invalid");
    assertThat(cancel("x".repeat(3000)).problem()).isEqualTo("400 invalid-request");
    assertThat(api().post(CANCEL, "{}").problem()).isEqualTo("400 invalid-request");
  }

  private String requested(SignedIn user) {
    return String.valueOf(mails.await(email(user), "email-change-requested").values().get("link"));
  }

  private String emailOf(SignedIn user) {
    return database
        .sql("SELECT email FROM accounts WHERE id = CAST(? AS uuid)")
        .param(user.id())
        .query(String.class)
        .single();
  }

  private Api.Answer verify(String token) {
    return api().post(VERIFY, Map.of("token", token));
  }

  private Api.Answer cancel(String token) {
    return api().post(CANCEL, Map.of("token", token));
  }

  private Api.Answer change(SignedIn user, String email) {
    return as(user).put(CHANGE, Map.of("email", email, "password", PASSWORD));
  }
}
