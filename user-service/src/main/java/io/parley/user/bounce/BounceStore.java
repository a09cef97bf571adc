package io.parley.user.bounce;

import io.parley.common.ids.UserId;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code mail_bounces}: PRIMARY KEY (mail_id); mails that came back lately, of each account. Counts
 * soft ones, and knows repeats.
 */
@Repository
class BounceStore {

  private final JdbcClient database;

  BounceStore(JdbcClient database) {
    this.database = database;
  }

  /** False when as much was known of this mail before. */
  boolean add(UUID mail, UserId account, boolean hard, Instant at) {
    return database
            .sql(
                """
                INSERT INTO mail_bounces AS b (mail_id, account_id, hard, at)
                VALUES (:mail, :account, :hard, :at)
                ON CONFLICT (mail_id) DO UPDATE SET hard = true, at = excluded.at
                  WHERE excluded.hard AND NOT b.hard
                """)
            .param("mail", mail)
            .param("account", account.value())
            .param("hard", hard)
            .param("at", Timestamp.from(at))
            .update()
        == 1;
  }

  int count(UserId account, Instant since) {
    return database
        .sql("SELECT count(*) FROM mail_bounces WHERE account_id = ? AND at > ?")
        .params(account.value(), Timestamp.from(since))
        .query(Integer.class)
        .single();
  }

  void forget(UserId account, Instant before) {
    database
        .sql("DELETE FROM mail_bounces WHERE account_id = ? AND at <= ?")
        .params(account.value(), Timestamp.from(before))
        .update();
  }
}
