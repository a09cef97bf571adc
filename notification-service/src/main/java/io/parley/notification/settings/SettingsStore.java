package io.parley.notification.settings;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.settings.LevelSetting.Temporary;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code notification_settings}: PRIMARY KEY (user_id), and {@code notification_overrides}: PRIMARY
 * KEY (user_id, conversation_id, thread_seq). Written by their users, read by user for each batch
 * of messages.
 */
@Repository
class SettingsStore {

  private static final String LEVELS =
      "push_level, push_temporary_level, push_temporary_until,"
          + " email_level, email_temporary_level, email_temporary_until";

  private final JdbcClient jdbc;
  private final JsonMapper json;

  SettingsStore(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** A user's changes come one after another, and none while the user is erased, nor after it. */
  boolean lock(UserId user) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock_shared(hashtextextended(CAST(? AS text), 0))")
        .param(user.value())
        .query(Integer.class)
        .single();
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(CAST(? AS text), 1))")
        .param(user.value())
        .query(Integer.class)
        .single();
    return jdbc.sql("SELECT NOT EXISTS (SELECT FROM erasures WHERE user_id = ?)")
        .param(user.value())
        .query(Boolean.class)
        .single();
  }

  // --- everywhere

  Map<UserId, StoredSettings> find(Collection<UserId> users) {
    Map<UserId, StoredSettings> found = new HashMap<>();
    jdbc.sql(
            "SELECT user_id, version, "
                + LEVELS
                + ", keywords, keyword_hashes, preview, time_zone, quiet_hours, always_push,"
                + " max_group_size, digest, digest_after_minutes"
                + " FROM notification_settings WHERE user_id = ANY (CAST(:users AS uuid[]))")
        .param("users", strings(users))
        .query(
            row -> {
              found.put(new UserId(row.getObject("user_id", UUID.class)), settings(row));
            });
    return found;
  }

  StoredSettings find(UserId user) {
    return find(List.of(user)).getOrDefault(user, StoredSettings.UNSET);
  }

  /**
   * Under the lock of the user.
   *
   * @return the new version
   */
  long put(UserId user, StoredSettings settings, Instant now) {
    return levels(
            jdbc.sql(
                """
                INSERT INTO notification_settings AS s (
                  user_id, version, push_level, push_temporary_level, push_temporary_until,
                  email_level, email_temporary_level, email_temporary_until,
                  keywords, keyword_hashes, preview, time_zone, quiet_hours, always_push,
                  max_group_size, digest, digest_after_minutes, changed_at)
                VALUES (
                  :user, nextval('settings_versions'), :push, :pushMeanwhile, :pushUntil,
                  :email, :emailMeanwhile, :emailUntil,
                  :keywords, :hashes, :preview, :zone, :quiet, :always,
                  :groupSize, :digest, :digestAfter, :now)
                ON CONFLICT (user_id) DO UPDATE SET
                  version = excluded.version,
                  push_level = excluded.push_level,
                  push_temporary_level = excluded.push_temporary_level,
                  push_temporary_until = excluded.push_temporary_until,
                  email_level = excluded.email_level,
                  email_temporary_level = excluded.email_temporary_level,
                  email_temporary_until = excluded.email_temporary_until,
                  keywords = excluded.keywords, keyword_hashes = excluded.keyword_hashes,
                  preview = excluded.preview, time_zone = excluded.time_zone,
                  quiet_hours = excluded.quiet_hours, always_push = excluded.always_push,
                  max_group_size = excluded.max_group_size, digest = excluded.digest,
                  digest_after_minutes = excluded.digest_after_minutes,
                  changed_at = excluded.changed_at
                RETURNING version
                """),
            settings.levels())
        .param("user", user.value())
        .param("keywords", settings.sealedKeywords())
        .param("hashes", settings.keywordHashes())
        .param("preview", settings.preview())
        .param("zone", settings.timeZone())
        .param(
            "quiet",
            settings.quietHours().isEmpty() ? null : json.writeValueAsString(settings.quietHours()))
        .param("always", settings.alwaysPush())
        .param("groupSize", settings.maxGroupSize())
        .param("digest", settings.digest())
        .param("digestAfter", settings.digestAfterMinutes())
        .param("now", Timestamp.from(now))
        .query(Long.class)
        .single();
  }

  // --- single conversations and threads

  /**
   * @param conversations null: all that are set
   */
  Map<UserId, Map<Place, Levels>> overrides(
      Collection<UserId> users, @Nullable Collection<ConversationId> conversations) {
    Map<UserId, Map<Place, Levels>> found = new HashMap<>();
    jdbc.sql(
            "SELECT user_id, conversation_id, thread_seq, "
                + LEVELS
                + " FROM notification_overrides WHERE user_id = ANY (CAST(:users AS uuid[]))"
                + " AND (CAST(:conversations AS uuid[]) IS NULL"
                + " OR conversation_id = ANY (CAST(:conversations AS uuid[])))")
        .param("users", strings(users))
        .param("conversations", conversations == null ? null : strings(conversations))
        .query(
            row -> {
              found
                  .computeIfAbsent(
                      new UserId(row.getObject("user_id", UUID.class)), user -> new HashMap<>())
                  .put(place(row), levels(row));
            });
    return found;
  }

  Optional<StoredOverride> override(UserId user, Place place) {
    return jdbc.sql(
            "SELECT conversation_id, thread_seq, version, "
                + LEVELS
                + " FROM notification_overrides"
                + " WHERE user_id = ? AND conversation_id = ? AND thread_seq = ?")
        .params(user.value(), place.conversation().value(), place.threadSeq())
        .query((row, number) -> override(row))
        .optional();
  }

  /** A page of those that say something at that time, in the order of their places. */
  List<StoredOverride> overrides(UserId user, @Nullable Place after, Instant now, int limit) {
    return jdbc.sql(
            "SELECT conversation_id, thread_seq, version, "
                + LEVELS
                + """
                 FROM notification_overrides
                WHERE user_id = :user
                  AND (conversation_id, thread_seq) > (CAST(:conversation AS uuid), :thread)
                  AND (push_level IS NOT NULL OR email_level IS NOT NULL
                    OR greatest(push_temporary_until, email_temporary_until) > :now)
                ORDER BY conversation_id, thread_seq LIMIT :limit
                """)
        .param("user", user.value())
        .param("conversation", after == null ? new UUID(0, 0) : after.conversation().value())
        .param("thread", after == null ? -1 : after.threadSeq())
        .param("now", Timestamp.from(now))
        .param("limit", limit)
        .query((row, number) -> override(row))
        .list();
  }

  long countOverrides(UserId user) {
    return jdbc.sql("SELECT count(*) FROM notification_overrides WHERE user_id = ?")
        .param(user.value())
        .query(Long.class)
        .single();
  }

  /**
   * Under the lock of the user.
   *
   * @return the new version
   */
  long putOverride(UserId user, Place place, Levels levels, Instant now) {
    return levels(
            jdbc.sql(
                """
                INSERT INTO notification_overrides AS o (
                  user_id, conversation_id, thread_seq, version,
                  push_level, push_temporary_level, push_temporary_until,
                  email_level, email_temporary_level, email_temporary_until, changed_at)
                VALUES (
                  :user, :conversation, :thread, nextval('settings_versions'),
                  :push, :pushMeanwhile, :pushUntil, :email, :emailMeanwhile, :emailUntil, :now)
                ON CONFLICT (user_id, conversation_id, thread_seq) DO UPDATE SET
                  version = excluded.version,
                  push_level = excluded.push_level,
                  push_temporary_level = excluded.push_temporary_level,
                  push_temporary_until = excluded.push_temporary_until,
                  email_level = excluded.email_level,
                  email_temporary_level = excluded.email_temporary_level,
                  email_temporary_until = excluded.email_temporary_until,
                  changed_at = excluded.changed_at
                RETURNING version
                """),
            levels)
        .param("user", user.value())
        .param("conversation", place.conversation().value())
        .param("thread", place.threadSeq())
        .param("now", Timestamp.from(now))
        .query(Long.class)
        .single();
  }

  /** Whether there was one. */
  boolean removeOverride(UserId user, Place place) {
    return jdbc.sql(
                "DELETE FROM notification_overrides"
                    + " WHERE user_id = ? AND conversation_id = ? AND thread_seq = ?")
            .params(user.value(), place.conversation().value(), place.threadSeq())
            .update()
        == 1;
  }

  /**
   * Deletes a bounded number of overrides that say nothing any more.
   *
   * @return whether there may be more
   */
  boolean cleanUp(Instant now, int batch) {
    return jdbc.sql(
                """
                DELETE FROM notification_overrides
                WHERE (user_id, conversation_id, thread_seq) IN (
                  SELECT user_id, conversation_id, thread_seq FROM notification_overrides
                  WHERE push_level IS NULL AND email_level IS NULL
                    AND greatest(push_temporary_until, email_temporary_until) <= :now
                  LIMIT :batch)
                """)
            .param("now", Timestamp.from(now))
            .param("batch", batch)
            .update()
        == batch;
  }

  /** All of a user's. */
  long erase(UserId user) {
    return jdbc.sql("DELETE FROM notification_settings WHERE user_id = ?")
            .param(user.value())
            .update()
        + jdbc.sql("DELETE FROM notification_overrides WHERE user_id = ?")
            .param(user.value())
            .update();
  }

  // --- rows

  private StoredSettings settings(ResultSet row) throws SQLException {
    String quiet = row.getString("quiet_hours");
    return new StoredSettings(
        row.getLong("version"),
        levels(row),
        row.getString("keywords"),
        row.getBytes("keyword_hashes"),
        row.getObject("preview", Boolean.class),
        row.getString("time_zone"),
        quiet == null ? List.of() : List.of(json.readValue(quiet, QuietWindow[].class)),
        row.getBoolean("always_push"),
        row.getObject("max_group_size", Integer.class),
        row.getObject("digest", Boolean.class),
        row.getObject("digest_after_minutes", Integer.class));
  }

  private static StoredOverride override(ResultSet row) throws SQLException {
    return new StoredOverride(place(row), row.getLong("version"), levels(row));
  }

  private static Place place(ResultSet row) throws SQLException {
    return new Place(
        new ConversationId(row.getObject("conversation_id", UUID.class)),
        row.getLong("thread_seq"));
  }

  private static Levels levels(ResultSet row) throws SQLException {
    return new Levels(setting(row, "push"), setting(row, "email"));
  }

  private static LevelSetting setting(ResultSet row, String channel) throws SQLException {
    Level meanwhile = level(row.getString(channel + "_temporary_level"));
    Timestamp until = row.getTimestamp(channel + "_temporary_until");
    return new LevelSetting(
        level(row.getString(channel + "_level")),
        meanwhile == null || until == null ? null : new Temporary(meanwhile, until.toInstant()));
  }

  private static @Nullable Level level(@Nullable String name) {
    return name == null ? null : Level.valueOf(name);
  }

  private static StatementSpec levels(StatementSpec statement, Levels levels) {
    return setting(setting(statement, "push", levels.push()), "email", levels.email());
  }

  private static StatementSpec setting(
      StatementSpec statement, String channel, LevelSetting setting) {
    Temporary temporary = setting.temporary();
    return statement
        .param(channel, setting.level() == null ? null : setting.level().name())
        .param(channel + "Meanwhile", temporary == null ? null : temporary.level().name())
        .param(channel + "Until", temporary == null ? null : Timestamp.from(temporary.until()));
  }

  private static String[] strings(Collection<?> ids) {
    return ids.stream().map(Object::toString).toArray(String[]::new);
  }
}
