package io.parley.notification.bounce;

import io.parley.common.events.MailBounced.Kind;
import java.util.Optional;
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

  Optional<Kind> find(UUID mail) {
    return jdbc.sql("SELECT kind FROM mail_bounces WHERE mail_id = ?")
        .param(mail)
        .query((row, number) -> Kind.valueOf(row.getString(1)))
        .optional();
  }

  /** A soft bounce may turn out a hard one, never the reverse. */
  void save(UUID mail, Kind kind, StatusCode status) {
    jdbc.sql(
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
        .update();
  }
}
