package io.parley.user.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** An installation's first admin is who has both the listed address and its account. */
@TestPropertySource(
    properties = "PARLEY_ADMIN_EMAILS=one@admins.example, Two@Admins.Example,three@admins.example")
class FirstAdminsIT extends UserServiceIT {

  private static final String VERIFY = "/api/v1/auth/email/verify";
  private static final String ME = "/api/v1/users/me";
  private static final String BETTER = "staple the blue giraffe 7";

  @Autowired private FirstAdmins firstAdmins;

  /** Accounts of other tests, and of the one before, stay in the database. */
  @BeforeEach
  void beNew() {
    database.sql("UPDATE accounts SET role = 'USER' WHERE role = 'ADMIN'").update();
    database
        .sql(
            "UPDATE accounts SET email = id || '@gone.example' WHERE email ILIKE '%@admins.example'")
        .update();
  }

  @Test
  void theOwnersClickShouldMakeNoAdminOfWhoRegisteredWithTheirAddress() {
    SignedIn thief = registerAs("one@admins.example");
    String token = mails.awaitToken("one@admins.example", "verify-email");

    assertThat(verify(token, null).problem()).isEqualTo("403 password-required");
    assertThat(verify(token, "a guess of the owner").problem()).isEqualTo("403 wrong-password");
    assertThat(roleOf(thief)).isEqualTo("user");
    assertThat(as(thief).get(ME).json().at("/emailVerified").asBoolean()).isFalse();

    // The owner takes the account over, and is the one.
    api().post("/api/v1/auth/password/forgot", Map.of("email", "one@admins.example"));
    String reset = mails.awaitToken("one@admins.example", "reset-password");
    assertThat(
            api()
                .post("/api/v1/auth/password/reset", Map.of("token", reset, "newPassword", BETTER))
                .status())
        .isEqualTo(200);
    assertThat(roleOf(thief)).isEqualTo("admin");
    assertThat(as(thief).get("/api/v1/users/me/sessions").problem())
        .isEqualTo("401 unauthenticated");
  }

  @Test
  void aListedAddressShouldMakeAnAdminOfWhoHasThePassword() {
    SignedIn ann = registerAs("two@admins.example");

    assertThat(verify(mails.awaitToken("two@admins.example", "verify-email"), PASSWORD).status())
        .isEqualTo(204);

    assertThat(roleOf(ann)).isEqualTo("admin");
    assertThat(audited("role.changed", ann.id())).isEqualTo(1);
    assertThat(as(logIn(ann)).post("/api/v1/admin/signing-keys", "").status()).isEqualTo(202);
  }

  @Test
  void aListedAddressShouldMakeNoAdminOfAnAccountThatAsksForIt() {
    SignedIn thief = registerVerified();
    as(thief).put(ME + "/email", Map.of("email", "three@admins.example", "password", PASSWORD));
    String token = mails.awaitToken("three@admins.example", "verify-email");

    assertThat(verify(token, null).problem()).isEqualTo("403 password-required");
    assertThat(roleOf(thief)).isEqualTo("user");
  }

  @Test
  void aDemotionShouldStay() {
    SignedIn ann = registerAs("one@admins.example");
    verify(mails.awaitToken("one@admins.example", "verify-email"), PASSWORD);
    SignedIn other = registerWithRole("ADMIN");
    assertThat(
            as(other)
                .put("/api/v1/admin/users/" + ann.id() + "/role", Map.of("role", "user"))
                .status())
        .isEqualTo(204);

    // As at the next start.
    firstAdmins.afterSingletonsInstantiated();
    as(logIn(ann)).post("/api/v1/auth/email/resend", "");
    api().post("/api/v1/auth/password/forgot", Map.of("email", "one@admins.example"));
    String reset = mails.awaitToken("one@admins.example", "reset-password");
    api().post("/api/v1/auth/password/reset", Map.of("token", reset, "newPassword", BETTER));

    assertThat(roleOf(ann)).isEqualTo("user");
  }

  @Test
  void whoComesSecondShouldBeAUser() {
    registerWithRole("ADMIN");
    SignedIn ann = registerAs("two@admins.example");

    // Nothing more than of anybody is asked for.
    assertThat(verify(mails.awaitToken("two@admins.example", "verify-email"), null).status())
        .isEqualTo(204);
    assertThat(roleOf(ann)).isEqualTo("user");
  }

  private SignedIn registerAs(String email) {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("email", email);
    return signedIn(api().post("/api/v1/auth/register", command));
  }

  private Api.Answer verify(String token, @Nullable String password) {
    Map<String, Object> command = new HashMap<>();
    command.put("token", token);
    command.put("password", password);
    return api().post(VERIFY, command);
  }

  private String roleOf(SignedIn user) {
    return database
        .sql("SELECT lower(role) FROM accounts WHERE id = CAST(? AS uuid)")
        .param(user.id())
        .query(String.class)
        .single();
  }
}
