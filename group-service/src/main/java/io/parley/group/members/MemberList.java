package io.parley.group.members;

import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.WordQuery;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.PermissionColumns;
import io.parley.group.roster.SearchKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Members with their names: {@code members} beside {@code people}. By role, highest first, then in
 * the order of joining; the index members_by_rank gives a page without sorting.
 */
@Repository
class MemberList {

  private static final String COLUMNS =
      """
      SELECT m.user_id, m.role, m.joined_at, m.muted_until, m.overrides, p.username, p.display_name
      FROM members m LEFT JOIN people p ON p.user_id = m.user_id
      WHERE m.group_id = :group
      """;

  private final JdbcClient database;

  MemberList(JdbcClient database) {
    this.database = database;
  }

  /**
   * @param role null: all
   * @param query what words of a username or display name begin with; null: all
   */
  List<MemberView> page(
      GroupId group,
      @Nullable GroupRole role,
      @Nullable String query,
      @Nullable Position after,
      Instant now,
      int limit) {
    StringBuilder sql = new StringBuilder(COLUMNS);
    if (role != null) {
      sql.append(" AND m.role = :role");
    }
    if (query != null) {
      sql.append(
          """
           AND (array_to_tsvector(p.words) @@ CAST(:asked AS tsquery)
            OR (NOT p.folded AND (p.username LIKE :prefix OR p.name_key LIKE :prefix)))
          """);
    }
    if (after != null) {
      sql.append(" AND (m.rank, m.joined_at, m.user_id) > (:rank, :joined, :user)");
    }
    sql.append(" ORDER BY m.rank, m.joined_at, m.user_id LIMIT :limit");
    JdbcClient.StatementSpec statement =
        database.sql(sql.toString()).param("group", group.value()).param("limit", limit);
    if (role != null) {
      statement = statement.param("role", role.name());
    }
    if (query != null) {
      statement =
          statement.param("asked", WordQuery.of(query)).param("prefix", SearchKey.prefix(query));
    }
    if (after != null) {
      statement =
          statement
              .param("rank", after.role().ordinal())
              .param("joined", OffsetDateTime.ofInstant(after.joinedAt(), ZoneOffset.UTC))
              .param("user", after.user().value());
    }
    return statement.query((row, number) -> view(row, now)).list();
  }

  Optional<MemberView> find(GroupId group, UserId user, Instant now) {
    return database
        .sql(COLUMNS + " AND m.user_id = :user")
        .param("group", group.value())
        .param("user", user.value())
        .query((row, number) -> view(row, now))
        .optional();
  }

  private static MemberView view(ResultSet row, Instant now) throws SQLException {
    Timestamp muted = row.getTimestamp("muted_until");
    return new MemberView(
        new UserId(row.getObject("user_id", UUID.class)),
        row.getString("username"),
        row.getString("display_name"),
        GroupRole.valueOf(row.getString("role")),
        row.getTimestamp("joined_at").toInstant(),
        muted == null || !muted.toInstant().isAfter(now) ? null : muted.toInstant(),
        PermissionColumns.overrides(row.getString("overrides")));
  }

  /** The last member of a page; as a cursor {@code admin~1767225600000~<user id>}. */
  record Position(GroupRole role, Instant joinedAt, UserId user) {

    static Position of(MemberView last) {
      return new Position(last.role(), last.joinedAt(), last.userId());
    }

    /**
     * @throws ProblemException 400 {@code invalid-request} for what is no cursor
     */
    static @Nullable Position parse(@Nullable String cursor) {
      if (cursor == null) {
        return null;
      }
      try {
        String[] parts = cursor.split("~", 3);
        return new Position(
            GroupRole.of(parts[0]),
            Instant.ofEpochMilli(Long.parseLong(parts[1])),
            UserId.valueOf(parts[2]));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: not one of this list");
      }
    }

    @Override
    public String toString() {
      return role.value() + "~" + joinedAt.toEpochMilli() + "~" + user;
    }
  }
}
