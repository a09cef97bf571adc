package io.parley.notification.mail;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code mails}: PRIMARY KEY (id); what makes a mail go out once, and what a bounce leads back to.
 * Whose a mail is only user-service can read: nothing here is anybody's.
 *
 * <p>A row is claimed before the mail is handed in and settled after it. A repeat of the request
 * finds the row and does nothing. In the window between the server's yes and the settled row this
 * is <b>at-least-once</b>: a process that dies there leaves a mail that is sent twice, with the
 * same Message-ID. SMTP has nothing that would give exactly once.
 *
 * <p>Leases are compared with the database's clock, the only one that all nodes share.
 */
@Repository
class MailRecords {

  private static final int CLEAN_UP_BATCH = 5_000;

  private final JdbcClient jdbc;

  MailRecords(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Idempotent for the same claim. */
  boolean claim(
      UUID claim, UUID id, @Nullable String recipient, Instant expiresAt, Duration lease) {
    return jdbc.sql(
                """
                INSERT INTO mails AS m (id, recipient, state, claim, lease_until, expires_at, at)
                VALUES (
                  :id, :recipient, 'CLAIMED', :claim, now() + :leaseMillis * interval '1 ms',
                  :expiresAt, now())
                ON CONFLICT (id) DO UPDATE SET
                  state = excluded.state, claim = excluded.claim,
                  lease_until = excluded.lease_until, error = NULL, at = excluded.at
                WHERE m.state = 'DEFERRED'
                  OR (m.state = 'CLAIMED' AND (m.claim = excluded.claim OR m.lease_until < now()))
                """)
            .param("id", id)
            .param("recipient", recipient)
            .param("claim", claim)
            .param("leaseMillis", lease.toMillis())
            .param("expiresAt", OffsetDateTime.ofInstant(expiresAt, ZoneOffset.UTC))
            .update()
        == 1;
  }

  /** Whose a mail is that was written only after it was claimed. */
  void name(UUID claim, UUID id, String recipient) {
    jdbc.sql("UPDATE mails SET recipient = :recipient WHERE id = :id AND claim = :claim")
        .param("recipient", recipient)
        .param("id", id)
        .param("claim", claim)
        .update();
  }

  /** Empty as well when the mail has none. */
  Optional<String> recipient(UUID id) {
    return jdbc.sql("SELECT recipient FROM mails WHERE id = :id AND recipient IS NOT NULL")
        .param("id", id)
        .query(String.class)
        .optional();
  }

  /** How long another claim may still hold the mail; empty when nobody holds it. */
  Optional<Duration> held(UUID id) {
    return jdbc.sql(
            """
            SELECT greatest(0, extract(epoch FROM lease_until - now()) * 1000) FROM mails
            WHERE id = :id AND state = 'CLAIMED'
            """)
        .param("id", id)
        .query((row, number) -> Duration.ofMillis((long) row.getDouble(1)))
        .optional();
  }

  /** Writes the outcome, unless another has claimed the row meanwhile. */
  boolean settle(
      UUID claim, UUID id, String state, @Nullable String template, @Nullable String error) {
    return jdbc.sql(
                """
                UPDATE mails
                SET state = :state, template = :template, error = :error, lease_until = NULL,
                  at = now()
                WHERE id = :id AND claim = :claim
                """)
            .param("state", state)
            .param("template", template)
            .param("error", error)
            .param("id", id)
            .param("claim", claim)
            .update()
        == 1;
  }

  /** What was refused may be tried again. */
  void forgive(UUID id) {
    jdbc.sql("UPDATE mails SET state = 'DEFERRED', at = now() WHERE id = :id AND state = 'REFUSED'")
        .param("id", id)
        .update();
  }

  /**
   * Deletes a bounded number of rows whose mails expired longer ago.
   *
   * @return whether there may be more
   */
  boolean cleanUp(Duration age) {
    return jdbc.sql(
                """
                DELETE FROM mails WHERE id IN (
                  SELECT id FROM mails
                  WHERE greatest(at, expires_at) < now() - :ageMillis * interval '1 ms'
                  LIMIT :batch)
                """)
            .param("ageMillis", age.toMillis())
            .param("batch", CLEAN_UP_BATCH)
            .update()
        == CLEAN_UP_BATCH;
  }
}
