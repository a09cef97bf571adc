package io.parley.user.credential;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code credentials}. */
@Repository
class CredentialStore {

  private final JdbcClient jdbc;

  CredentialStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param changedAt another one with each change; the same when only the hash was made anew
   */
  record Row(String hash, Instant changedAt) {}

  Optional<Row> find(UUID account) {
    return jdbc.sql("SELECT password_hash, changed_at FROM credentials WHERE account_id = ?")
        .param(account)
        .query((row, number) -> new Row(row.getString(1), row.getTimestamp(2).toInstant()))
        .optional();
  }

  /** Of two changes the later one has the later time, whatever the clocks of the nodes say. */
  void set(UUID account, String hash, Instant now) {
    jdbc.sql(
            """
            INSERT INTO credentials (account_id, password_hash, changed_at) VALUES (?, ?, ?)
            ON CONFLICT (account_id)
            DO UPDATE SET password_hash = excluded.password_hash,
              changed_at = greatest(excluded.changed_at,
                                    credentials.changed_at + interval '1 microsecond')
            """)
        .params(account, hash, Timestamp.from(now))
        .update();
  }

  /** False when the password was changed meanwhile. */
  boolean replace(UUID account, String oldHash, String newHash) {
    return jdbc.sql(
                "UPDATE credentials SET password_hash = ?"
                    + " WHERE account_id = ? AND password_hash = ?")
            .params(newHash, account, oldHash)
            .update()
        == 1;
  }
}
