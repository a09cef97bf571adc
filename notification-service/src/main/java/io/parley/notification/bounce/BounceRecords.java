package io.parley.notification.bounce;

import io.parley.common.events.MailBounced.Kind;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code mail_bounces}: PRIMARY KEY (mail_id); goes with the mail's own record. */
@Repository
class BounceRecords {

  private final JdbcClient jdbc;

  BounceRecords(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A soft bounce may turn out a hard one, never the reverse.
   *
   * @return false when as much was known before
   */
  boolean save(UUID mail, Kind kind, StatusCode status) {
    return jdbc.sql(
                """
            INSERT INTO mail_bounces AS b (mail_id, kind, status, at)
            SELECT id, :kind, :status, now() FROM mails WHERE id = :mail
            ON CONFLICT (mail_id) DO UPDATE
              SET kind = excluded.kind, status = excluded.status, at = excluded.at
              WHERE b.kind = 'SOFT' AND excluded.kind = 'HARD'
            """)
            .param("mail", mail)
            .param("kind", kind.name())
            .param("status", status.text())
            .update()
        == 1;
  }
}
