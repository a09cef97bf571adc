package io.parley.user.people;

import io.parley.common.ids.UserId;
import io.parley.common.postgres.WordQuery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads {@code accounts} with what {@code privacy_settings}, {@code contacts} and {@code blocks}
 * say about it and the one who looks, in one statement: a page is full whatever is hidden, and its
 * cursor names nobody who is.
 */
@Repository
class PeopleStore {

  private static final String PEOPLE =
      """
      SELECT * FROM (
        SELECT a.*,
          EXISTS (SELECT FROM blocks b WHERE b.blocker = a.id AND b.blocked = :viewer)
            AS blocks_viewer,
          EXISTS (SELECT FROM blocks b WHERE b.blocker = :viewer AND b.blocked = a.id)
            AS blocked_by_viewer,
          a.id = :viewer OR coalesce(p.profile, 'everyone') = 'everyone'
            OR (p.profile = 'contacts' AND EXISTS
              (SELECT FROM contacts c WHERE c.owner = a.id AND c.contact = :viewer))
            AS in_audience,
          a.id = :viewer OR coalesce(p.discoverable, 'everyone') = 'everyone'
            OR (p.discoverable = 'contacts' AND EXISTS
              (SELECT FROM contacts c WHERE c.owner = a.id AND c.contact = :viewer))
            AS discoverable,
          coalesce(p.read_receipts, true) AS read_receipts
        FROM accounts a LEFT JOIN privacy_settings p ON p.account_id = a.id
      ) person
      """;

  private static final String PRESENCE_AUDIENCE =
      """
      SELECT look.viewer, look.owner,
        look.owner = look.viewer OR coalesce(p.last_seen, 'everyone') = 'everyone'
          OR (p.last_seen = 'contacts' AND EXISTS
            (SELECT FROM contacts c WHERE c.owner = look.owner AND c.contact = look.viewer))
          AS last_seen
      FROM unnest(:viewers::uuid[], :owners::uuid[]) AS look (viewer, owner)
        JOIN accounts a ON a.id = look.owner
        LEFT JOIN privacy_settings p ON p.account_id = a.id
      WHERE (look.owner = look.viewer OR coalesce(p.presence, 'everyone') = 'everyone'
          OR (p.presence = 'contacts' AND EXISTS
            (SELECT FROM contacts c WHERE c.owner = look.owner AND c.contact = look.viewer)))
        AND NOT EXISTS
          (SELECT FROM blocks b WHERE b.blocker = look.owner AND b.blocked = look.viewer)
        AND NOT EXISTS
          (SELECT FROM blocks b WHERE b.blocker = look.viewer AND b.blocked = look.owner)
      """;

  private final JdbcClient database;

  PeopleStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * @param viewer null sees what everyone sees
   */
  List<Person> find(List<UserId> ids, @Nullable UserId viewer) {
    return database
        .sql(PEOPLE + "WHERE id = ANY (:ids)")
        .param("viewer", viewer == null ? null : viewer.value(), java.sql.Types.OTHER)
        .param("ids", ids.stream().map(UserId::value).distinct().toArray(UUID[]::new))
        .query(PeopleStore::person)
        .list();
  }

  List<Person> named(List<String> usernames) {
    return database
        .sql(PEOPLE + "WHERE username = ANY (:usernames)")
        .param("viewer", null, java.sql.Types.OTHER)
        .param("usernames", usernames.toArray(String[]::new))
        .query(PeopleStore::person)
        .list();
  }

  /** Who had these usernames before, by name, as long as they are kept for them. */
  Map<String, UserId> formerly(List<String> usernames, Instant now) {
    Map<String, UserId> owners = new HashMap<>();
    database
        .sql(
            "SELECT username, account_id FROM former_usernames"
                + " WHERE username = ANY (?) AND until > ?")
        .params(usernames.toArray(String[]::new), now.atOffset(ZoneOffset.UTC))
        .query(
            row -> {
              owners.put(row.getString(1), new UserId(row.getObject(2, UUID.class)));
            });
    return owners;
  }

  /** Whom the viewer may find by this username. */
  Optional<Person> findNamed(UserId viewer, String username) {
    return database
        .sql(
            PEOPLE
                + """
                WHERE username = :username
                  AND discoverable AND NOT locked AND NOT blocks_viewer AND NOT blocked_by_viewer
                """)
        .param("viewer", viewer.value())
        .param("username", username)
        .query(PeopleStore::person)
        .optional();
  }

  Optional<Person> find(UserId id, UserId viewer) {
    return find(List.of(id), viewer).stream().findFirst();
  }

  /**
   * Those whom the viewer may find, who are not locked, and whose words match, by username. Of rows
   * that are not folded yet, username or display name have to lie between {@code from} and {@code
   * to}.
   *
   * @param asked a {@link WordQuery}
   * @param after the last username of the page before, or ""
   */
  List<Person> search(
      UserId viewer, String asked, String from, String to, String after, int limit) {
    return database
        .sql(
            PEOPLE
                + """
                WHERE (array_to_tsvector(words) @@ CAST(:asked AS tsquery)
                    OR (NOT folded AND (username BETWEEN :from AND :to
                      OR display_name_folded BETWEEN :from AND :to)))
                  AND username > :after
                  AND discoverable AND NOT locked AND NOT blocks_viewer AND NOT blocked_by_viewer
                ORDER BY username LIMIT :limit
                """)
        .param("viewer", viewer.value())
        .param("asked", asked)
        .param("from", from)
        .param("to", to)
        .param("after", after)
        .param("limit", limit)
        .query(PeopleStore::person)
        .list();
  }

  /** Those of the looks that are allowed, with whether they reach to the last time online. */
  List<PresenceLookView> presenceAudience(List<AskPresenceAudience.Look> looks) {
    return database
        .sql(PRESENCE_AUDIENCE)
        .param("viewers", looks.stream().map(look -> look.viewer().value()).toArray(UUID[]::new))
        .param("owners", looks.stream().map(look -> look.owner().value()).toArray(UUID[]::new))
        .query(
            (row, number) ->
                new PresenceLookView(
                    new UserId(row.getObject("viewer", UUID.class)),
                    new UserId(row.getObject("owner", UUID.class)),
                    row.getBoolean("last_seen")))
        .list();
  }

  private static Person person(ResultSet row, int number) throws SQLException {
    return new Person(
        new UserId(row.getObject("id", UUID.class)),
        row.getString("username"),
        row.getString("display_name"),
        row.getTimestamp("created_at").toInstant(),
        row.getString("bio"),
        row.getString("avatar"),
        row.getBoolean("blocks_viewer"),
        row.getBoolean("blocked_by_viewer"),
        row.getBoolean("read_receipts"),
        row.getBoolean("in_audience"),
        row.getBoolean("locked"));
  }
}
