package io.parley.user.admin;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.WordQuery;
import io.parley.common.text.Folding;
import io.parley.user.account.Accounts;
import io.parley.user.address.Address;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code account_locks}, and {@code accounts} with all that admins may see. */
@Repository
class AdminStore {

  /** The highest code point: no prefix can be continued by anything greater. */
  private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

  private static final String ACCOUNTS =
      """
      SELECT a.*, l.reason, l.until, l.locked_by, l.locked_at
      FROM accounts a LEFT JOIN account_locks l ON l.account_id = a.id
      """;

  private final JdbcClient database;

  AdminStore(JdbcClient database) {
    this.database = database;
  }

  Optional<AdminUserView> find(UserId id) {
    return database
        .sql(ACCOUNTS + "WHERE a.id = ?")
        .param(id.value())
        .query(AdminStore::view)
        .optional();
  }

  /**
   * By username.
   *
   * @param after the last username of the page before, or ""
   */
  List<AdminUserView> find(FindAccounts question, String after, int limit) {
    StringBuilder sql = new StringBuilder(ACCOUNTS).append("WHERE a.username > :after");
    Map<String, Object> params = new HashMap<>();
    params.put("after", after);
    params.put("limit", limit);
    if (question.query() != null) {
      sql.append(
          """
           AND (array_to_tsvector(a.words) @@ CAST(:asked AS tsquery)
            OR (NOT a.folded AND
              (a.username BETWEEN :from AND :to OR a.display_name_folded BETWEEN :from AND :to)))
          """);
      params.put("asked", WordQuery.of(question.query()));
      String prefix = Accounts.prefix(question.query());
      params.put("from", prefix);
      params.put("to", prefix + LAST);
    }
    if (question.email() != null) {
      sql.append(" AND (starts_with(a.email_key, :email) OR starts_with(lower(a.email), :typed))");
      params.put("email", Address.key(question.email()));
      params.put("typed", Folding.caseless(question.email()));
    }
    if (question.role() != null) {
      sql.append(" AND a.role = :role");
      params.put("role", question.role().name());
    }
    if (question.locked() != null) {
      sql.append(" AND a.locked = :locked");
      params.put("locked", question.locked());
    }
    sql.append(" ORDER BY a.username LIMIT :limit");
    return database.sql(sql.toString()).params(params).query(AdminStore::view).list();
  }

  void saveLock(UserId account, AccountLock lock) {
    database
        .sql(
            """
            INSERT INTO account_locks (account_id, reason, until, locked_by, locked_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account_id) DO UPDATE SET
              reason = excluded.reason, until = excluded.until,
              locked_by = excluded.locked_by, locked_at = excluded.locked_at
            """)
        .param(account.value())
        .param(lock.reason())
        .param(utc(lock.until()))
        .param(lock.by().value())
        .param(utc(lock.at()))
        .update();
  }

  void deleteLock(UserId account) {
    database.sql("DELETE FROM account_locks WHERE account_id = ?").param(account.value()).update();
  }

  /** Whose lock has ended by itself. */
  List<UserId> endedLocks(Instant now, int limit) {
    return database
        .sql(
            "SELECT account_id FROM account_locks WHERE until <= ?"
                + " ORDER BY until LIMIT ? FOR UPDATE SKIP LOCKED")
        .params(now.atOffset(ZoneOffset.UTC), limit)
        .query((row, number) -> new UserId(row.getObject(1, UUID.class)))
        .list();
  }

  private static AdminUserView view(ResultSet row, int number) throws SQLException {
    String reason = row.getString("reason");
    return new AdminUserView(
        new UserId(row.getObject("id", UUID.class)),
        row.getString("username"),
        row.getString("display_name"),
        AdminUserView.lower(row.getString("kind")),
        row.getString("email"),
        row.getObject("email_verified_at") != null,
        SystemRole.valueOf(row.getString("role")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getBoolean("locked"),
        reason == null
            ? null
            : new AccountLock(
                reason,
                instant(row.getObject("until", OffsetDateTime.class)),
                new UserId(row.getObject("locked_by", UUID.class)),
                row.getObject("locked_at", OffsetDateTime.class).toInstant()));
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
