package io.parley.user.export;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code account_exports}. */
@Repository
class ExportStore {

  private final JdbcClient database;

  ExportStore(JdbcClient database) {
    this.database = database;
  }

  Optional<Instant> last(UserId account) {
    return database
        .sql("SELECT exported_at FROM account_exports WHERE account_id = ?")
        .param(account.value())
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /** False when there was one after the given time: of several at once only one is the first. */
  boolean take(UserId account, Instant now, Instant notAfter) {
    return database
            .sql(
                """
                INSERT INTO account_exports (account_id, exported_at) VALUES (:account, :now)
                ON CONFLICT (account_id) DO UPDATE SET exported_at = excluded.exported_at
                WHERE account_exports.exported_at <= :notAfter
                """)
            .param("account", account.value())
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("notAfter", notAfter.atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  void giveBack(UserId account, Instant taken) {
    database
        .sql("DELETE FROM account_exports WHERE account_id = ? AND exported_at = ?")
        .params(account.value(), taken.atOffset(ZoneOffset.UTC))
        .update();
  }
}
