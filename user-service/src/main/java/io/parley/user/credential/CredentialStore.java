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

  Optional<String> hashOf(UUID account) {
    return jdbc.sql("SELECT password_hash FROM credentials WHERE account_id = ?")
        .param(account)
        .query(String.class)
        .optional();
  }

  void set(UUID account, String hash, Instant now) {
    jdbc.sql(
            """
            INSERT INTO credentials (account_id, password_hash, changed_at) VALUES (?, ?, ?)
            ON CONFLICT (account_id)
            DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at
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
