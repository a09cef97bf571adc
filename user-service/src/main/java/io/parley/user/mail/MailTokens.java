package io.parley.user.mail;

import io.parley.common.ids.UserId;
import io.parley.user.secret.RandomTokens;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code mail_tokens}: secrets that were sent by mail. Each can be taken once, before it expires,
 * while no newer one was made for the same purpose.
 */
@Repository
public class MailTokens {

  /** What a token is good for. */
  public enum Purpose {
    VERIFY,
    RESET
  }

  private final JdbcClient jdbc;
  private final Clock clock;

  MailTokens(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Makes a token; one that was made before for the same is worthless now.
   *
   * @param session that asks for it, and with which it ends; null for one that outlives sessions
   */
  public String make(
      UserId account, Purpose purpose, String email, @Nullable UUID session, Duration life) {
    String token = RandomTokens.next();
    jdbc.sql(
            """
            INSERT INTO mail_tokens (account_id, purpose, hash, email, session_id, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (account_id, purpose)
            DO UPDATE SET hash = excluded.hash, email = excluded.email,
                          session_id = excluded.session_id, expires_at = excluded.expires_at
            """)
        .param(account.value())
        .param(purpose.name())
        .param(RandomTokens.hash(token))
        .param(email)
        .param(session)
        .param(Timestamp.from(clock.instant().plus(life)))
        .update();
    return token;
  }

  /** Takes a token: of two at once one gets it. Given back if the transaction is rolled back. */
  public Optional<Sent> take(String token, Purpose purpose) {
    return jdbc.sql(
            "DELETE FROM mail_tokens WHERE hash = ? AND purpose = ? AND expires_at > ?"
                + " RETURNING account_id, email, session_id")
        .params(RandomTokens.hash(token), purpose.name(), Timestamp.from(clock.instant()))
        .query(MailTokens::sent)
        .optional();
  }

  /** Whose a token is, without taking it. */
  public Optional<Sent> find(String token, Purpose purpose) {
    return jdbc.sql(
            "SELECT account_id, email, session_id FROM mail_tokens"
                + " WHERE hash = ? AND purpose = ? AND expires_at > ?")
        .params(RandomTokens.hash(token), purpose.name(), Timestamp.from(clock.instant()))
        .query(MailTokens::sent)
        .optional();
  }

  private static Sent sent(ResultSet row, int number) throws SQLException {
    return new Sent(
        new UserId(row.getObject(1, UUID.class)), row.getString(2), row.getObject(3, UUID.class));
  }

  /** Where a token of this purpose was sent last that the session asked for. */
  public Optional<String> pendingEmail(UserId account, Purpose purpose, UUID session) {
    return jdbc.sql(
            "SELECT email FROM mail_tokens"
                + " WHERE account_id = ? AND purpose = ? AND session_id = ?")
        .params(account.value(), purpose.name(), session)
        .query(String.class)
        .optional();
  }

  public void forget(UserId account, Purpose purpose) {
    jdbc.sql("DELETE FROM mail_tokens WHERE account_id = ? AND purpose = ?")
        .params(account.value(), purpose.name())
        .update();
  }

  /**
   * Those that sessions of the account asked for.
   *
   * @return how many there were
   */
  public int forgetOfSessions(UserId account) {
    return jdbc.sql("DELETE FROM mail_tokens WHERE account_id = ? AND session_id IS NOT NULL")
        .param(account.value())
        .update();
  }

  /**
   * To whom and where a token was sent.
   *
   * @param session that asked for it, if one did
   */
  public record Sent(UserId account, String email, @Nullable UUID session) {}
}
