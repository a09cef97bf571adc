package io.parley.user.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What was let through by a password or a session that is none any more when it is done. */
class InFlightIT extends UserServiceIT {

  private static final String LOGIN = "/api/v1/auth/login";
  private static final String BETTER = "staple the blue giraffe 7";

  @Autowired private TransactionTemplate transaction;

  @Test
  void loginShouldBeRefusedWhenThePasswordWasResetMeanwhile() {
    SignedIn ann = registerVerified();
    api().post("/api/v1/auth/password/forgot", Map.of("email", email(ann)));
    String token = mails.awaitToken(email(ann), "reset-password");

    Api.Answer answer =
        loginDuring(
            ann,
            () ->
                api()
                    .post(
                        "/api/v1/auth/password/reset",
                        Map.of("token", token, "newPassword", BETTER)));

    assertThat(answer.problem()).isEqualTo("401 bad-credentials");
    assertThat(sessionsOf(ann)).isZero();
    assertThat(audited("login.failed", ann.id())).isEqualTo(1);
  }

  @Test
  void loginShouldBeRefusedWhenTheAccountWasLockedMeanwhile() {
    SignedIn ann = registerVerified();
    SignedIn admin = registerWithRole("ADMIN");

    Api.Answer answer =
        loginDuring(
            ann,
            () ->
                as(admin)
                    .post("/api/v1/admin/users/" + ann.id() + "/lock", Map.of("reason", "stolen")));

    assertThat(answer.problem()).isEqualTo("403 account-locked");
    assertThat(sessionsOf(ann)).isZero();
  }

  /** The login has found its password right, and stands before the question for a second factor. */
  private Api.Answer loginDuring(SignedIn user, Supplier<Api.Answer> deed) {
    CompletableFuture<Api.Answer> login = new CompletableFuture<>();
    transaction.executeWithoutResult(
        status -> {
          database.sql("LOCK TABLE totp IN ACCESS EXCLUSIVE MODE").update();
          login.completeAsync(
              () -> api().post(LOGIN, Map.of("login", user.username(), "password", PASSWORD)),
              task -> Thread.ofVirtual().start(task));
          awaitWaiting();
          assertThat(deed.get().status()).isBetween(200, 204);
        });
    return login.join();
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,  /users/me/password, RESET",
    "PUT,  /users/me/password, ENDED",
    "PUT,  /users/me/password, LOCKED",
    "PUT,  /users/me/email, RESET",
    "PUT,  /users/me/email, ENDED",
    "PUT,  /users/me/email, LOCKED",
    "POST, /users/me/totp, ENDED",
    "POST, /users/me/erasure, RESET",
    "POST, /users/me/erasure, ENDED",
  })
  void commandsShouldBeRefusedWhenWhatLetThemThroughHasEnded(
      String method, String path, Meanwhile meanwhile) {
    SignedIn ann = registerVerified();
    CompletableFuture<Api.Answer> command = new CompletableFuture<>();

    // As who resets a password, ends a session or locks an account does it: the account held first.
    transaction.executeWithoutResult(
        status -> {
          update("SELECT FROM accounts WHERE id = CAST(? AS uuid) FOR UPDATE", ann);
          update("SELECT FROM credentials WHERE account_id = CAST(? AS uuid) FOR UPDATE", ann);
          command.completeAsync(
              () -> as(ann).send(method, "/api/v1" + path, body(path, ann), "application/json"),
              task -> Thread.ofVirtual().start(task));
          awaitWaiting();
          update(meanwhile.sql, ann);
        });

    assertThat(command.join().problem()).isEqualTo(meanwhile.problem);
    assertThat(
            database
                .sql(
                    "SELECT count(*) FROM accounts JOIN credentials ON account_id = id"
                        + " WHERE id = CAST(? AS uuid) AND password_hash = 'the new one'")
                .param(ann.id())
                .query(Integer.class)
                .single())
        .isEqualTo(meanwhile == Meanwhile.RESET ? 1 : 0);
    assertThat(audited("password.changed", ann.id())).isZero();
    assertThat(audited("email.change_requested", ann.id())).isZero();
    assertThat(audited("erasure.requested", ann.id())).isZero();
  }

  private enum Meanwhile {
    RESET(
        "403 wrong-password",
        "UPDATE credentials SET password_hash = 'the new one', changed_at = now()"
            + " WHERE account_id = CAST(? AS uuid)"),
    ENDED("401 unauthenticated", "DELETE FROM sessions WHERE account_id = CAST(? AS uuid)"),
    LOCKED("401 unauthenticated", "UPDATE accounts SET locked = true WHERE id = CAST(? AS uuid)");

    private final String problem;
    private final String sql;

    Meanwhile(String problem, String sql) {
      this.problem = problem;
      this.sql = sql;
    }
  }

  private static String body(String path, SignedIn user) {
    String right = "\"" + PASSWORD + "\"";
    return switch (path) {
      case "/users/me/password" ->
          "{\"currentPassword\":" + right + ",\"newPassword\":\"" + BETTER + "\"}";
      case "/users/me/email" -> "{\"email\":\"new" + email(user) + "\",\"password\":" + right + "}";
      case "/users/me/erasure" -> "{\"password\":" + right + ",\"messages\":\"keep-anonymous\"}";
      default -> "{\"password\":" + right + "}";
    };
  }

  private void update(String sql, SignedIn user) {
    if (sql.startsWith("SELECT")) {
      database.sql(sql).param(user.id()).query(row -> {});
    } else {
      database.sql(sql).param(user.id()).update();
    }
  }

  /** Until somebody waits for a lock of this transaction's. */
  private void awaitWaiting() {
    int self = database.sql("SELECT pg_backend_pid()").query(Integer.class).single();
    await()
        .pollInSameThread()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                database
                        .sql(
                            "SELECT count(*) FROM pg_stat_activity"
                                + " WHERE ? = ANY (pg_blocking_pids(pid))")
                        .param(self)
                        .query(Integer.class)
                        .single()
                    > 0);
  }

  private int sessionsOf(SignedIn user) {
    return database
        .sql("SELECT count(*) FROM sessions WHERE account_id = CAST(? AS uuid)")
        .param(user.id())
        .query(Integer.class)
        .single();
  }
}
