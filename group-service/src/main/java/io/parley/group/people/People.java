package io.parley.group.people;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.group.roster.SearchKey;
import io.parley.group.users.KnownUser;
import io.parley.group.users.UserClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code people}: names for lists of members. Names change, so they are asked for again when
 * somebody looks at them and they are older than an hour. Without user-service lists show the old
 * ones.
 */
@Service
public class People {

  private static final Duration FRESH = Duration.ofHours(1);

  /** Before any time at which names were asked for. */
  private static final Instant NEVER = Instant.EPOCH;

  private final UserClient users;
  private final JdbcClient database;
  private final JsonMapper json;
  private final Clock clock;

  People(UserClient users, JdbcClient database, JsonMapper json, Clock clock) {
    this.users = users;
    this.database = database;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Checks that the viewer may bring these users into a group, and keeps their names.
   *
   * @throws ProblemException as {@link UserClient#requireReachable}
   */
  public void requireReachable(Collection<UserId> ids, UserId viewer) {
    if (!ids.isEmpty()) {
      keep(users.requireReachable(ids, viewer), clock.instant());
    }
  }

  /**
   * Checks that these users exist, and keeps their names.
   *
   * @throws ProblemException as {@link UserClient#requireKnown}
   */
  public void requireKnown(Collection<UserId> ids) {
    keep(users.requireKnown(ids), clock.instant());
  }

  /** Somebody who comes by themselves: the token has the username, the rest is asked for later. */
  public void arrived(UserId id, String username) {
    database
        .sql(
            """
            INSERT INTO people (user_id, username, display_name, name_key, words, folded, seen_at)
            VALUES (?, ?, ?, ?, ?, true, ?) ON CONFLICT DO NOTHING
            """)
        .params(
            id.value(),
            username,
            username,
            SearchKey.of(username),
            SearchKey.words(username),
            time(NEVER))
        .update();
  }

  /**
   * Asks for names that are old or missing. Not in a transaction: nothing waits for user-service
   * with a connection in hand.
   *
   * @return whether there is anything new
   */
  public boolean refresh(Collection<UserId> shown) {
    if (shown.isEmpty()) {
      return false;
    }
    List<UserId> old =
        database
            .sql(
                """
                SELECT u.id FROM unnest(?) AS u (id) LEFT JOIN people p ON p.user_id = u.id
                WHERE p.seen_at IS NULL OR p.seen_at < ?
                """)
            .params(ids(shown), time(clock.instant().minus(FRESH)))
            .query((row, number) -> new UserId(row.getObject(1, UUID.class)))
            .list();
    if (old.isEmpty()) {
      return false;
    }
    try {
      keep(users.lookUp(old), clock.instant());
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  public int erase(UserId id) {
    return database.sql("DELETE FROM people WHERE user_id = ?").param(id.value()).update();
  }

  /** In the order of ids: two that keep the same people at once do not wait for one another. */
  private void keep(List<KnownUser> known, Instant seen) {
    List<KnownUser> sorted =
        known.stream().sorted(Comparator.comparing(user -> user.id().toString())).toList();
    database
        .sql(
            """
            INSERT INTO people
              (user_id, username, display_name, name_key, words, folded, seen_at)
            SELECT n.id, n.username, n.name, n.key,
              ARRAY(SELECT jsonb_array_elements_text(n.words::jsonb)), true, ?
            FROM unnest(?, ?, ?, ?, ?) AS n (id, username, name, key, words)
            ON CONFLICT (user_id) DO UPDATE
            SET username = excluded.username, display_name = excluded.display_name,
                name_key = excluded.name_key, words = excluded.words, folded = true,
                seen_at = excluded.seen_at
            """)
        .params(
            time(seen),
            ids(sorted.stream().map(KnownUser::id).toList()),
            sorted.stream().map(KnownUser::username).toArray(String[]::new),
            sorted.stream().map(KnownUser::displayName).toArray(String[]::new),
            sorted.stream().map(user -> SearchKey.of(user.displayName())).toArray(String[]::new),
            sorted.stream().map(this::words).toArray(String[]::new))
        .update();
  }

  /** As JSON: PostgreSQL has no arrays of arrays that differ in length. */
  private String words(KnownUser user) {
    return json.writeValueAsString(SearchKey.words(user.displayName(), user.username()));
  }

  private static UUID[] ids(Collection<UserId> users) {
    return users.stream().map(UserId::value).toArray(UUID[]::new);
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
