package io.parley.user.mail;

import io.parley.common.ids.UserId;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code notice_counts}: PRIMARY KEY (account_id, notice); how many notices of a kind an account
 * had lately. Counted in the transaction of what they tell of: what is rolled back counts nothing.
 */
@Repository
class NoticeStore {

  private final JdbcClient database;

  NoticeStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * @param since of the first that is counted
   * @param count with this one
   */
  record Count(Instant since, int count) {}

  /**
   * Counts one more. The account's row is locked first, as by those who change it, so that two who
   * do both can not wait for one another.
   *
   * @return empty when the account is gone
   */
  Optional<Count> count(UserId account, Notice notice, Instant now, Duration within) {
    return database
        .sql(
            """
            INSERT INTO notice_counts AS c (account_id, notice, since, count)
            SELECT id, :notice, :now, 1 FROM accounts WHERE id = :account FOR KEY SHARE
            ON CONFLICT (account_id, notice) DO UPDATE SET
              since = CASE WHEN c.since <= :start THEN excluded.since ELSE c.since END,
              count = CASE WHEN c.since <= :start THEN 1 ELSE c.count + 1 END
            RETURNING since, count
            """)
        .param("account", account.value())
        .param("notice", notice.template())
        .param("now", Timestamp.from(now))
        .param("start", Timestamp.from(now.minus(within)))
        .query((row, number) -> new Count(row.getTimestamp(1).toInstant(), row.getInt(2)))
        .optional();
  }
}
