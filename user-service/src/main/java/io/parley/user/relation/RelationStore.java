package io.parley.user.relation;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code contacts} and {@code blocks}. */
@Repository
class RelationStore {

  /** The two tables are of one shape. */
  enum Kind {
    CONTACT("contacts", "owner", "contact"),
    BLOCK("blocks", "blocker", "blocked");

    private final String table;
    private final String from;
    private final String to;

    Kind(String table, String from, String to) {
      this.table = table;
      this.from = from;
      this.to = to;
    }
  }

  private final JdbcClient database;

  RelationStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * Locks both accounts, always in the same order: whatever changes between the two happens one
   * after another.
   *
   * @return whether both exist
   */
  boolean lock(UserId one, UserId other) {
    return database
            .sql("SELECT id FROM accounts WHERE id IN (?, ?) ORDER BY id FOR NO KEY UPDATE")
            .params(one.value(), other.value())
            .query(UUID.class)
            .list()
            .size()
        == 2;
  }

  boolean has(Kind kind, UserId from, UserId to) {
    return database
        .sql(
            "SELECT EXISTS (SELECT FROM %s WHERE %s = ? AND %s = ?)"
                .formatted(kind.table, kind.from, kind.to))
        .params(from.value(), to.value())
        .query(Boolean.class)
        .single();
  }

  int count(Kind kind, UserId from) {
    return database
        .sql("SELECT count(*) FROM %s WHERE %s = ?".formatted(kind.table, kind.from))
        .param(from.value())
        .query(Integer.class)
        .single();
  }

  void addContact(UserId owner, UserId contact, Instant now) {
    database
        .sql("INSERT INTO contacts (owner, contact, since) VALUES (?, ?, ?)")
        .params(owner.value(), contact.value(), now.atOffset(ZoneOffset.UTC))
        .update();
  }

  void addBlock(UserId blocker, UserId blocked, long version, Instant now) {
    database
        .sql("INSERT INTO blocks (blocker, blocked, version, since) VALUES (?, ?, ?, ?)")
        .params(blocker.value(), blocked.value(), version, now.atOffset(ZoneOffset.UTC))
        .update();
  }

  /** False when there was none. */
  boolean remove(Kind kind, UserId from, UserId to) {
    return database
            .sql("DELETE FROM %s WHERE %s = ? AND %s = ?".formatted(kind.table, kind.from, kind.to))
            .params(from.value(), to.value())
            .update()
        == 1;
  }

  /** After {@link #lock}. */
  long nextBlockVersion() {
    return database.sql("SELECT nextval('block_versions')").query(Long.class).single();
  }

  /**
   * By username.
   *
   * @param after the last username of the page before, or ""
   */
  List<RelatedView> list(Kind kind, UserId from, String after, int limit) {
    return database
        .sql(
            """
            SELECT a.id, a.username, a.display_name, r.since
            FROM %s r JOIN accounts a ON a.id = r.%s
            WHERE r.%s = ? AND a.username > ?
            ORDER BY a.username LIMIT ?
            """
                .formatted(kind.table, kind.to, kind.from))
        .params(from.value(), after, limit)
        .query(
            (row, number) ->
                new RelatedView(
                    new UserId(row.getObject("id", UUID.class)),
                    row.getString("username"),
                    row.getString("display_name"),
                    row.getTimestamp("since").toInstant()))
        .list();
  }

  /** All blocks there are, by version. */
  List<InternalBlockView> allBlocks(long afterVersion, int limit) {
    return database
        .sql(
            """
            SELECT blocker, blocked, version, since FROM blocks
            WHERE version > ? ORDER BY version LIMIT ?
            """)
        .params(afterVersion, limit)
        .query(
            (row, number) ->
                new InternalBlockView(
                    new UserId(row.getObject("blocker", UUID.class)),
                    new UserId(row.getObject("blocked", UUID.class)),
                    row.getLong("version"),
                    row.getTimestamp("since").toInstant()))
        .list();
  }
}
