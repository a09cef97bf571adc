package io.parley.user.personaltoken;

import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code personal_tokens}. */
@Repository
class PersonalTokenStore {

  private static final String COLUMNS =
      "id, account_id, name, scopes, created_at, expires_at, used_at";

  private final JdbcClient jdbc;

  PersonalTokenStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(PersonalToken token, String hash) {
    jdbc.sql(
            "INSERT INTO personal_tokens"
                + " (id, account_id, name, hash, scopes, created_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)")
        .params(
            token.id(),
            token.account().value(),
            token.name(),
            hash,
            Scope.format(token.scopes()),
            Timestamp.from(token.createdAt()),
            Timestamp.from(token.expiresAt()))
        .update();
  }

  Optional<PersonalToken> findByHash(String hash) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM personal_tokens WHERE hash = ?")
        .param(hash)
        .query(PersonalTokenStore::token)
        .optional();
  }

  List<PersonalToken> of(UserId account) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM personal_tokens WHERE account_id = ? ORDER BY created_at DESC, id")
        .param(account.value())
        .query(PersonalTokenStore::token)
        .list();
  }

  /** To the minute, so that a busy token does not become a busy row. */
  void used(UUID id, Instant now) {
    jdbc.sql(
            "UPDATE personal_tokens SET used_at = :now"
                + " WHERE id = :id AND (used_at IS NULL OR used_at < :before)")
        .param("id", id)
        .param("now", Timestamp.from(now))
        .param("before", Timestamp.from(now.minusSeconds(60)))
        .update();
  }

  int delete(UUID id, UserId account) {
    return jdbc.sql("DELETE FROM personal_tokens WHERE id = ? AND account_id = ?")
        .params(id, account.value())
        .update();
  }

  /**
   * @return the ids of those that were deleted
   */
  List<UUID> deleteExpired(UserId account, Instant now) {
    return jdbc.sql(
            "DELETE FROM personal_tokens WHERE account_id = ? AND expires_at <= ? RETURNING id")
        .params(account.value(), Timestamp.from(now))
        .query((row, number) -> row.getObject(1, UUID.class))
        .list();
  }

  /** Of the account and of the bots it owns. */
  List<PersonalToken> ofOwner(UserId owner) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM personal_tokens WHERE account_id = :owner OR account_id IN"
                + " (SELECT id FROM accounts WHERE owner_id = :owner)")
        .param("owner", owner.value())
        .query(PersonalTokenStore::token)
        .list();
  }

  private static PersonalToken token(ResultSet row, int number) throws SQLException {
    Timestamp used = row.getTimestamp(7);
    return new PersonalToken(
        row.getObject(1, UUID.class),
        new UserId(row.getObject(2, UUID.class)),
        row.getString(3),
        Scope.parse(row.getString(4)),
        row.getTimestamp(5).toInstant(),
        row.getTimestamp(6).toInstant(),
        used == null ? null : used.toInstant());
  }
}
