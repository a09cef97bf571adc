package io.parley.user.account;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code former_usernames}: what accounts were called before. Until a row ends, the name leads to
 * the account, and nobody else gets it nor one that looks the same.
 */
@Repository
class FormerUsernames {

  private final JdbcClient database;

  FormerUsernames(JdbcClient database) {
    this.database = database;
  }

  void add(String username, UserId account, Instant until) {
    database
        .sql(
            """
            INSERT INTO former_usernames (username, skeleton, account_id, until)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (username) DO UPDATE
            SET account_id = excluded.account_id, until = excluded.until
            """)
        .params(username, Keys.skeleton(username), account.value(), until.atOffset(ZoneOffset.UTC))
        .update();
  }

  /** Whose name it was. */
  Optional<UserId> find(String username, Instant now) {
    return database
        .sql("SELECT account_id FROM former_usernames WHERE username = ? AND until > ?")
        .params(username, now.atOffset(ZoneOffset.UTC))
        .query((row, number) -> new UserId(row.getObject(1, UUID.class)))
        .optional();
  }

  /** Whether a name is kept for another account, or looks like one that is. */
  boolean isOfAnother(String username, UserId account, Instant now) {
    return database
        .sql(
            """
            SELECT EXISTS (SELECT FROM former_usernames
              WHERE (username = ? OR skeleton = ?) AND account_id <> ? AND until > ?)
            """)
        .params(username, Keys.skeleton(username), account.value(), now.atOffset(ZoneOffset.UTC))
        .query(Boolean.class)
        .single();
  }

  int count(UserId account, Instant now) {
    return database
        .sql("SELECT count(*) FROM former_usernames WHERE account_id = ? AND until > ?")
        .params(account.value(), now.atOffset(ZoneOffset.UTC))
        .query(Integer.class)
        .single();
  }

  /** It is in use again. */
  void remove(String username) {
    database.sql("DELETE FROM former_usernames WHERE username = ?").param(username).update();
  }

  int removeEnded(Instant now) {
    return database
        .sql("DELETE FROM former_usernames WHERE until <= ?")
        .param(now.atOffset(ZoneOffset.UTC))
        .update();
  }
}
