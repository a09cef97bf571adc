package io.parley.notification.digest;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code digests}: PRIMARY KEY (user_id); read by {@code since} for whom a mail is due. Filled from
 * {@code notifications}, of which each is looked at once, when it is a while old: by then most are
 * read, and the way of a message costs nothing more.
 *
 * <p>Times are compared with the database's clock, the only one that all nodes share.
 */
@Repository
class DigestStore {

  /** What no mail needs to tell of, as notification-service knows already. */
  private static final String OPEN =
      """
      coalesce(n.reason, '') NOT IN ('READ', 'DELETED', 'EXPIRED', 'NOT_VISIBLE', 'BLOCKED')
        AND coalesce(n.ended, '') NOT IN ('READ', 'DELETED', 'EXPIRED', 'NOT_VISIBLE', 'BLOCKED')
        AND (n.expires_at IS NULL OR n.expires_at > now())""";

  private final JdbcClient jdbc;

  DigestStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A user's row.
   *
   * @param mailId the mail that is under way; null: none
   * @param covers the newest message in it, if it may have been handed in
   * @param toldThrough null: nothing was told of yet
   */
  record Row(@Nullable UUID mailId, @Nullable Instant covers, @Nullable Instant toldThrough) {}

  /**
   * Looks through the notifications that have become old enough since the last time, by whichever
   * process. Within a transaction.
   *
   * @param byDefault whether users who have said nothing want mails
   * @return for how many users there is something new
   */
  int scan(Duration settleTime, boolean byDefault) {
    Optional<OffsetDateTime> from =
        jdbc.sql("SELECT through FROM digest_scans FOR UPDATE SKIP LOCKED")
            .query(OffsetDateTime.class)
            .optional();
    if (from.isEmpty()) {
      return 0;
    }
    OffsetDateTime to =
        jdbc.sql(
                """
                UPDATE digest_scans
                SET through = greatest(through, now() - :settleMillis * interval '1 ms')
                RETURNING through
                """)
            .param("settleMillis", settleTime.toMillis())
            .query(OffsetDateTime.class)
            .single();
    return jdbc.sql(
            """
            INSERT INTO digests AS d (user_id, since)
            SELECT n.user_id, min(n.sent_at)
            FROM notifications AS n
              LEFT JOIN notification_settings AS s ON s.user_id = n.user_id
            WHERE n.created_at > :from AND n.created_at <= :to
              AND coalesce(s.digest, :byDefault)
              AND %s
              AND NOT EXISTS (SELECT FROM erasures AS e WHERE e.user_id = n.user_id)
              AND NOT EXISTS (
                SELECT FROM digests AS o
                WHERE o.user_id = n.user_id AND o.told_through >= n.sent_at)
            GROUP BY n.user_id
            ORDER BY n.user_id
            ON CONFLICT (user_id) DO UPDATE SET since = excluded.since
            WHERE d.since IS NULL OR d.since > excluded.since
            """
                .formatted(OPEN))
        .param("from", from.get())
        .param("to", to)
        .param("byDefault", byDefault)
        .update();
  }

  /**
   * Users for whom a mail is due, the longest waiting first, until the end of the transaction.
   *
   * @param maxInARow who has had as many without reading anything since gets no more
   */
  List<UserId> takeDue(Duration defaultAfter, boolean byDefault, int maxInARow, int limit) {
    return jdbc.sql(
            """
            SELECT d.user_id FROM digests AS d
              LEFT JOIN notification_settings AS s ON s.user_id = d.user_id
            WHERE d.in_a_row < :maxInARow AND d.since <=
                now() - coalesce(s.digest_after_minutes, :defaultMinutes) * interval '1 min'
              AND (d.not_before IS NULL OR d.not_before <= now())
              AND coalesce(s.digest, :byDefault)
            ORDER BY d.since LIMIT :limit
            FOR UPDATE OF d SKIP LOCKED
            """)
        .param("defaultMinutes", (int) defaultAfter.toMinutes())
        .param("byDefault", byDefault)
        .param("maxInARow", maxInARow)
        .param("limit", limit)
        .query((row, number) -> new UserId(row.getObject(1, UUID.class)))
        .list();
  }

  void postpone(UserId user, Instant until) {
    jdbc.sql("UPDATE digests SET not_before = :until WHERE user_id = :user")
        .param("until", until.atOffset(ZoneOffset.UTC))
        .param("user", user.value())
        .update();
  }

  /** A mail is under way. One that was before, and never ended, is as good as sent if it may be. */
  void begin(UserId user, UUID mailId, Duration life) {
    jdbc.sql(
            """
            UPDATE digests
            SET mail_id = :mail, since = NULL, covers = NULL,
              told_through = coalesce(covers, told_through),
              not_before = now() + :lifeMillis * interval '1 ms'
            WHERE user_id = :user
            """)
        .param("mail", mailId)
        .param("lifeMillis", life.toMillis())
        .param("user", user.value())
        .update();
  }

  /** All that is kept on a user. */
  Optional<DigestRecord> record(UserId user) {
    return jdbc.sql(
            "SELECT since, not_before, told_through, in_a_row FROM digests WHERE user_id = ?")
        .param(user.value())
        .query(
            (row, number) ->
                new DigestRecord(instant(row, 1), instant(row, 2), instant(row, 3), row.getInt(4)))
        .optional();
  }

  Optional<Row> find(UserId user) {
    return jdbc.sql("SELECT mail_id, covers, told_through FROM digests WHERE user_id = ?")
        .param(user.value())
        .query(
            (row, number) ->
                new Row(row.getObject(1, UUID.class), instant(row, 2), instant(row, 3)))
        .optional();
  }

  /** Newest first. */
  List<Missed> missed(UserId user, @Nullable Instant after, int limit) {
    return jdbc.sql(
            """
            SELECT n.conversation_id, n.seq, n.sent_at FROM notifications AS n
            WHERE n.user_id = :user AND n.sent_at > :after AND %s
            ORDER BY n.sent_at DESC, n.message_id LIMIT :limit
            """
                .formatted(OPEN))
        .param("user", user.value())
        .param("after", (after == null ? Instant.EPOCH : after).atOffset(ZoneOffset.UTC))
        .param("limit", limit)
        .query(
            (row, number) ->
                new Missed(
                    new ConversationId(row.getObject(1, UUID.class)),
                    row.getLong(2),
                    row.getObject(3, OffsetDateTime.class).toInstant()))
        .list();
  }

  /**
   * The mail is about to be handed in.
   *
   * @return false when another mail is under way by now
   */
  boolean handing(UserId user, UUID mailId, Instant covers) {
    return jdbc.sql("UPDATE digests SET covers = :covers WHERE user_id = :user AND mail_id = :mail")
            .param("covers", covers.atOffset(ZoneOffset.UTC))
            .param("user", user.value())
            .param("mail", mailId)
            .update()
        == 1;
  }

  /** The mail was not handed in after all, and is written anew. */
  void notHanded(UserId user, UUID mailId) {
    jdbc.sql("UPDATE digests SET covers = NULL WHERE user_id = ? AND mail_id = ?")
        .params(user.value(), mailId)
        .update();
  }

  /**
   * The mail is done with.
   *
   * @param told the newest message that it told of, or that needs none; null: as {@code covers} has
   *     it, or none
   * @param sent whether it went out, as far as is known
   * @param pause until there may be another one
   */
  void end(UserId user, UUID mailId, @Nullable Instant told, boolean sent, Duration pause) {
    jdbc.sql(
            """
            UPDATE digests AS d
            SET mail_id = NULL, covers = NULL,
              told_through = t.told,
              in_a_row = d.in_a_row + CASE WHEN :sent THEN 1 ELSE 0 END,
              since = CASE WHEN d.since > t.told OR t.told IS NULL THEN d.since END,
              not_before = now() + :pauseMillis * interval '1 ms'
            FROM (
              SELECT user_id,
                greatest(told_through, CAST(:told AS timestamptz), covers) AS told
              FROM digests WHERE user_id = :user) AS t
            WHERE d.user_id = t.user_id AND d.mail_id = :mail
            """)
        .param("told", told == null ? null : told.toString())
        .param("sent", sent)
        .param("pauseMillis", pause.toMillis())
        .param("user", user.value())
        .param("mail", mailId)
        .update();
  }

  /**
   * The mail did not go out in time: what it would have told of is to be told of another time. If
   * it may have been handed in by a process that died, it is as good as sent.
   */
  void again(UserId user, UUID mailId, Duration pause) {
    jdbc.sql(
            """
            UPDATE digests SET mail_id = NULL, covers = NULL,
              told_through = coalesce(covers, told_through),
              since = CASE WHEN covers IS NULL THEN coalesce(since, now()) ELSE since END,
              not_before = CASE WHEN covers IS NOT NULL
                THEN now() + :pauseMillis * interval '1 ms' END
            WHERE user_id = :user AND mail_id = :mail
            """)
        .param("pauseMillis", pause.toMillis())
        .param("user", user.value())
        .param("mail", mailId)
        .update();
  }

  /** They read something: what is unread has to wait anew until a mail tells of it. */
  void reading(Collection<UserId> users) {
    jdbc.sql(
            """
            WITH back AS MATERIALIZED (
              SELECT d.user_id FROM digests AS d
              WHERE d.user_id = ANY (CAST(:users AS uuid[])) AND d.in_a_row > 0
              ORDER BY d.user_id FOR UPDATE OF d)
            UPDATE digests AS d
            SET in_a_row = 0, since = CASE WHEN d.since IS NOT NULL THEN now() END
            FROM back AS b WHERE d.user_id = b.user_id
            """)
        .param("users", users.stream().map(UserId::toString).toArray(String[]::new))
        .update();
  }

  /** What nothing is known of any more, as notifications are gone by then; and of the erased. */
  int cleanUp(Duration age) {
    return jdbc.sql(
            """
            DELETE FROM digests
            WHERE coalesce(greatest(since, not_before, told_through), '-infinity')
              < now() - :ageMillis * interval '1 ms'
              OR user_id IN (SELECT user_id FROM erasures WHERE at > now() - interval '1 day')
            """)
        .param("ageMillis", age.toMillis())
        .update();
  }

  int erase(UserId user) {
    return jdbc.sql("DELETE FROM digests WHERE user_id = ?").param(user.value()).update();
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
