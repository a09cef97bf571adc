package io.parley.notification.decision;

import io.parley.common.events.MessagesChanged.Apart;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Notification.Key;
import io.parley.notification.mail.MailRequests;
import io.parley.notification.push.UserConversation;
import io.parley.notification.settings.Settings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code notifications}: PRIMARY KEY (user_id, message_id). Read by {@code turn_at} and {@code
 * due_at} for what there is to do, by user and conversation for what reading changes, by message
 * for its changes.
 *
 * <p>A row that is due is taken in hand under a lease, and settled with what came of it. A process
 * that dies leaves its rows to others when the leases end. All times here are the database's: the
 * only clock that all nodes share.
 *
 * <p>Statements that change several rows lock them in the order of the primary key, so that two of
 * them wait for one another instead of deadlocking.
 */
@Repository
class NotificationStore {

  /** Rows that become due within it are worked on together. */
  private static final long TICK_MILLIS = 200;

  /** Of what is due for longest, so much is put in order by whose turn comes first. */
  private static final int WINDOW = 5_000;

  private static final int CLEAN_UP_BATCH = 5_000;
  private static final int FETCH_SIZE = 1_000;

  private static final String ROW =
      """
      n.user_id, n.message_id, n.conversation_id, n.conversation_kind, n.seq, n.sender_id,
      n.sent_at, n.expires_at, n.state, n.reason, n.ended, n.failures, n.changes""";

  /** Whether another attempt has left it. */
  private static final String LEFT =
      ":takeOver AND n.lease_until < now() AND n.claim <> ALL (CAST(:own AS uuid[]))";

  /** Whether it may be taken in hand, if it is due. */
  private static final String FREE =
      """
      (n.claim IS NULL OR (%s))
      AND (n.state IN ('WAITING', 'RINGING') OR NOT EXISTS (
        SELECT FROM notifications AS o
        WHERE o.user_id = n.user_id AND o.conversation_id = n.conversation_id
          AND o.seq > n.seq AND o.state IN ('WAITING', 'RINGING')
          AND o.due_at <= now() + :soonMillis * interval '1 ms'))"""
          .formatted(LEFT);

  /** Whether something newer may be on the same screens as {@code n}. */
  private static final String RUNG_OVER =
      """
      SELECT FROM notifications AS o
      WHERE o.user_id = n.user_id AND o.conversation_id = n.conversation_id AND o.seq > n.seq
        AND o.state IN ('RINGING', 'RANG', 'FAILED')""";

  private static final String TOUCHED =
      """
      n.user_id, n.message_id,
      (n.lease_until >= now()) IS TRUE AS held,
      n.state = 'WAITING' AND n.claim IS NULL AS untold""";

  /** Only the newest that rang can be on a screen, so only that one is due. */
  private static final String END_TOUCHED =
      """
      UPDATE notifications AS n SET
        changes = n.changes + 1,
        state = CASE WHEN t.held THEN n.state WHEN t.untold THEN 'SILENT' ELSE 'WITHDRAWN' END,
        reason = CASE
          WHEN t.held THEN n.reason WHEN t.untold THEN :reason ELSE coalesce(n.reason, 'MESSAGE') END,
        decided_at = CASE WHEN t.untold THEN now() ELSE n.decided_at END,
        ended = CASE WHEN t.held OR t.untold THEN n.ended ELSE :reason END,
        claim = CASE WHEN t.held THEN n.claim END,
        lease_until = CASE WHEN t.held THEN n.lease_until END,
        turn_at = CASE
          WHEN t.held THEN n.turn_at ELSE now() + t.place / %d * interval '1 s' END,
        due_at = CASE
          WHEN t.held THEN n.due_at
          WHEN t.untold THEN NULL
          WHEN EXISTS (%s) THEN NULL
          ELSE now() END
      FROM (
        SELECT *, row_number() OVER (PARTITION BY message_id) - 1 AS place FROM touched) AS t
      WHERE n.user_id = t.user_id AND n.message_id = t.message_id
        AND n.state IN ('WAITING', 'RINGING', 'RANG', 'FAILED')
      RETURNING t.untold
      """
          .formatted(Turns.PER_SECOND, RUNG_OVER);

  private final Turns turnsOf = new Turns();
  private final JdbcClient jdbc;
  private final boolean mails;
  private final boolean digestByDefault;

  NotificationStore(JdbcClient jdbc, Settings settings, MailRequests requests) {
    this.jdbc = jdbc;
    this.mails = requests.isOn();
    this.digestByDefault = settings.digestByDefault();
  }

  // --- what events do ---------------------------------------------------------------------------

  /**
   * A row for each message and recipient who has a device or is to get digests, and was not erased,
   * unless it is there. For who has no device there is nothing to decide: the row is never due, and
   * waits for reading to settle it.
   *
   * @param hold from the sending until it is decided
   * @return how many are new
   */
  int add(List<Stored> items, Duration hold) {
    List<String> users = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    for (int place = 0; place < items.size(); place++) {
      Stored item = items.get(place);
      turns.addAll(turnsOf.of(item));
      for (UserId recipient : item.recipients()) {
        users.add(recipient.toString());
        places.add(place + 1);
      }
    }
    return jdbc.sql(
            """
            INSERT INTO notifications (
              user_id, message_id, conversation_id, conversation_kind, seq, sender_id, sent_at,
              expires_at, thread_seq, state, reason, decided_at, due_at, turn_at, created_at)
            SELECT r.user_id, m.message_id, m.conversation_id, m.conversation_kind, m.seq,
              m.sender_id, m.sent_at, m.expires_at, m.thread_seq, 'WAITING',
              CASE WHEN NOT p.has_device THEN :noDevice END,
              CASE WHEN NOT p.has_device THEN now() END,
              CASE WHEN p.has_device THEN d.due_at END,
              d.due_at + r.turn * interval '1 s', now()
            FROM unnest(
              CAST(:users AS uuid[]), CAST(:places AS integer[]), CAST(:turns AS integer[])
            ) AS r (user_id, place, turn)
            JOIN unnest(
              CAST(:messages AS text[]), CAST(:conversations AS uuid[]), CAST(:kinds AS text[]),
              CAST(:seqs AS bigint[]), CAST(:senders AS uuid[]), CAST(:sent AS timestamptz[]),
              CAST(:expire AS timestamptz[]), CAST(:threads AS bigint[])
            ) WITH ORDINALITY AS m (
              message_id, conversation_id, conversation_kind, seq, sender_id, sent_at, expires_at,
              thread_seq, place) USING (place)
            CROSS JOIN LATERAL (
              SELECT date_bin(:tick * interval '1 ms',
                least(m.sent_at, now()) + (:holdMillis + :tick) * interval '1 ms',
                timestamptz 'epoch')
            ) AS d (due_at)
            CROSS JOIN LATERAL (
              SELECT EXISTS (SELECT FROM devices WHERE devices.user_id = r.user_id)
            ) AS p (has_device)
            WHERE (p.has_device
                OR (:mails AND coalesce(
                  (SELECT digest FROM notification_settings AS s WHERE s.user_id = r.user_id),
                  :digest)))
              AND NOT EXISTS (SELECT FROM erasures WHERE erasures.user_id = r.user_id)
            ORDER BY r.user_id, m.message_id
            ON CONFLICT (user_id, message_id) DO NOTHING
            """)
        .param("users", users.toArray(String[]::new))
        .param("places", places.toArray(Integer[]::new))
        .param("turns", turns.toArray(Integer[]::new))
        .param("messages", texts(items, Stored::messageId))
        .param("conversations", texts(items, item -> item.conversationId().toString()))
        .param("kinds", texts(items, Stored::conversationKind))
        .param("seqs", items.stream().map(Stored::seq).toArray(Long[]::new))
        .param("senders", texts(items, item -> item.senderId().toString()))
        .param("sent", texts(items, item -> item.sentAt().toString()))
        .param("expire", texts(items, item -> text(item.expiresAt())))
        .param("threads", items.stream().map(Stored::threadSeq).toArray(Long[]::new))
        .param("tick", TICK_MILLIS)
        .param("holdMillis", hold.toMillis())
        .param("noDevice", Reason.NO_DEVICE.name())
        .param("mails", mails)
        .param("digest", digestByDefault)
        .update();
  }

  /** Those that were given up are tried from the beginning. */
  int reopen(List<Stored> items) {
    List<String> users = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    for (Stored item : items) {
      for (UserId recipient : item.recipients()) {
        users.add(recipient.toString());
        messages.add(item.messageId());
      }
    }
    return jdbc.sql(
            """
            WITH wanted AS MATERIALIZED (
              SELECT n.user_id, n.message_id
              FROM unnest(CAST(:users AS uuid[]), CAST(:messages AS text[]))
                AS w (user_id, message_id)
              JOIN notifications AS n USING (user_id, message_id)
              WHERE n.state = 'FAILED'
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            UPDATE notifications AS n
            SET state = 'RINGING', due_at = now(), turn_at = now(), failures = 0
            FROM wanted AS w
            WHERE n.user_id = w.user_id AND n.message_id = w.message_id AND n.state = 'FAILED'
            """)
        .param("users", users.toArray(String[]::new))
        .param("messages", messages.toArray(String[]::new))
        .update();
  }

  /**
   * What an event did.
   *
   * @param settled what waited, and now need not be decided any more
   * @param others what may be on a screen, or is in hand
   */
  record Touched(int settled, int others) {}

  /**
   * Messages of one conversation to one user.
   *
   * @param threadSeq null: of any thread and of none; else only the replies in this one
   * @param from of their seqs the lowest
   * @param through the highest
   */
  record Stretch(
      UserId user,
      ConversationId conversation,
      @Nullable Long threadSeq,
      long from,
      long through) {}

  /**
   * What waits is settled, what rang is to be taken from the screens. Of a row in hand it is noted
   * that something happened, and whoever has it looks again.
   */
  Touched ended(Collection<Stretch> stretches, Reason reason) {
    return touched(
        jdbc.sql(
                """
            WITH touched AS MATERIALIZED (
              SELECT %s
              FROM unnest(
                CAST(:users AS uuid[]), CAST(:conversations AS uuid[]), CAST(:threads AS bigint[]),
                CAST(:froms AS bigint[]), CAST(:throughs AS bigint[])
              ) AS s (user_id, conversation_id, thread_seq, first, last)
              JOIN notifications AS n
                ON n.user_id = s.user_id AND n.conversation_id = s.conversation_id
                AND n.seq BETWEEN s.first AND s.last
                AND (s.thread_seq IS NULL OR n.thread_seq = s.thread_seq)
              WHERE n.state IN ('WAITING', 'RINGING', 'RANG', 'FAILED')
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            %s"""
                    .formatted(TOUCHED, END_TOUCHED))
            .param("users", texts(stretches, each -> each.user().toString()))
            .param("conversations", texts(stretches, each -> each.conversation().toString()))
            .param("threads", stretches.stream().map(Stretch::threadSeq).toArray(Long[]::new))
            .param("froms", stretches.stream().map(Stretch::from).toArray(Long[]::new))
            .param("throughs", stretches.stream().map(Stretch::through).toArray(Long[]::new))
            .param("reason", reason.name())
            .query((row, number) -> row.getBoolean(1))
            .list());
  }

  /** As {@link #ended}, of messages that were deleted, for everybody. */
  Touched deleted(Collection<MessagePlace> messages) {
    return touched(
        jdbc.sql(
                """
            WITH touched AS MATERIALIZED (
              SELECT %s
              FROM unnest(CAST(:conversations AS uuid[]), CAST(:seqs AS bigint[]))
                AS m (conversation_id, seq)
              JOIN notifications AS n USING (conversation_id, seq)
              WHERE n.state IN ('WAITING', 'RINGING', 'RANG', 'FAILED')
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            %s"""
                    .formatted(TOUCHED, END_TOUCHED))
            .param("conversations", texts(messages, m -> m.conversation().toString()))
            .param("seqs", messages.stream().map(MessagePlace::seq).toArray(Long[]::new))
            .param("reason", Reason.DELETED.name())
            .query((row, number) -> row.getBoolean(1))
            .list());
  }

  /**
   * As {@link #ended}, of what each of two has from the other. What waits is left alone: it may be
   * from after the block, which is known by then.
   */
  Touched apart(Collection<Apart> pairs) {
    return touched(
        jdbc.sql(
                """
            WITH pairs AS MATERIALIZED (
              SELECT * FROM unnest(CAST(:users AS uuid[]), CAST(:others AS uuid[]))
                AS p (user_id, other_id)),
            touched AS MATERIALIZED (
              SELECT %s
              FROM (
                SELECT user_id, other_id FROM pairs UNION SELECT other_id, user_id FROM pairs
              ) AS p (user_id, sender_id)
              JOIN notifications AS n USING (user_id, sender_id)
              WHERE n.state IN ('RINGING', 'RANG', 'FAILED')
                OR (n.state = 'WAITING' AND n.claim IS NOT NULL)
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            %s"""
                    .formatted(TOUCHED, END_TOUCHED))
            .param("users", texts(pairs, each -> each.userId().toString()))
            .param("others", texts(pairs, each -> each.otherId().toString()))
            .param("reason", Reason.BLOCKED.name())
            .query((row, number) -> row.getBoolean(1))
            .list());
  }

  private static Touched touched(List<Boolean> untold) {
    int settled = (int) untold.stream().filter(each -> each).count();
    return new Touched(settled, untold.size() - settled);
  }

  /** What rang, and nothing has rung over, gets its new words, once for several edits in a row. */
  int edited(Collection<MessagePlace> messages) {
    return jdbc.sql(
            """
            WITH touched AS MATERIALIZED (
              SELECT %s
              FROM unnest(CAST(:conversations AS uuid[]), CAST(:seqs AS bigint[]))
                AS m (conversation_id, seq)
              JOIN notifications AS n USING (conversation_id, seq)
              WHERE n.state IN ('RINGING', 'RANG', 'FAILED')
                OR (n.state = 'WAITING' AND n.claim IS NOT NULL)
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            UPDATE notifications AS n SET
              changes = n.changes + 1,
              due_at = CASE
                WHEN t.held OR EXISTS (%s) THEN n.due_at
                ELSE least(n.due_at, now() + interval '1 s') END
            FROM touched AS t
            WHERE n.user_id = t.user_id AND n.message_id = t.message_id
              AND n.state IN ('WAITING', 'RINGING', 'RANG', 'FAILED')
            """
                .formatted(TOUCHED, RUNG_OVER))
        .param("conversations", texts(messages, m -> m.conversation().toString()))
        .param("seqs", messages.stream().map(MessagePlace::seq).toArray(Long[]::new))
        .update();
  }

  // --- what there is to do ----------------------------------------------------------------------

  /** Of what is due. */
  enum Turn {
    /** Its turn has come. Found by turns, however few rows are due when the plan is made. */
    COME(
        """
        SELECT n.user_id, n.message_id, n.turn_at FROM notifications AS n
        WHERE n.due_at IS NOT NULL AND n.due_at + interval '0 s' <= now()
          AND n.turn_at <= now() AND %s
        ORDER BY n.turn_at LIMIT :max"""),
    /** Of one message to many others have their turn first; this is for when nobody has one. */
    ANY(
        """
        SELECT * FROM (
          SELECT n.user_id, n.message_id, n.turn_at FROM notifications AS n
          WHERE n.due_at <= now() AND %s
          ORDER BY n.due_at LIMIT :window) AS oldest
        ORDER BY turn_at LIMIT :max""");

    private final String claim;

    Turn(String chosen) {
      this.claim =
          """
          WITH chosen AS MATERIALIZED (%s),
          mine AS MATERIALIZED (
            SELECT n.user_id, n.message_id, n.claim FROM notifications AS n
            JOIN chosen AS c USING (user_id, message_id)
            WHERE n.due_at <= now() AND (n.claim IS NULL OR (%s))
            FOR UPDATE OF n SKIP LOCKED)
          UPDATE notifications AS n
          SET claim = :claim, lease_until = now() + :leaseMillis * interval '1 ms'
          FROM mine AS m WHERE n.user_id = m.user_id AND n.message_id = m.message_id
          RETURNING %s, m.claim IS NOT NULL
          """
              .formatted(chosen.formatted(FREE), LEFT, ROW);
    }
  }

  /**
   * Takes in hand what is due. What is only to be put right on the screens waits for anything newer
   * that is about to ring there: a push that takes away what is old could else replace, on its way
   * to a device that is away, one that brings what is new.
   *
   * @param soon how long before it rings it is known that it will
   * @param takeOver whether also what another attempt has left
   * @param own claims of this process, which it has not left
   */
  List<Notification> claim(
      Turn turn,
      UUID claim,
      int max,
      Duration lease,
      Duration soon,
      boolean takeOver,
      Collection<UUID> own) {
    return jdbc.sql(turn.claim)
        .param("takeOver", takeOver)
        .param("own", texts(own, UUID::toString))
        .param("soonMillis", soon.toMillis())
        .param("window", WINDOW)
        .param("max", max)
        .param("claim", claim)
        .param("leaseMillis", lease.toMillis())
        .query((row, number) -> notification(row, row.getBoolean(14)))
        .list();
  }

  /** How long until something is due that nobody has in hand; may be negative. */
  Optional<Duration> untilDue() {
    return jdbc.sql(
            """
            SELECT extract(epoch FROM due_at - now()) * 1000 FROM notifications
            WHERE due_at IS NOT NULL AND (claim IS NULL OR lease_until < now())
            ORDER BY due_at LIMIT 1
            """)
        .query((row, number) -> Duration.ofMillis((long) row.getDouble(1)))
        .optional();
  }

  /** Holds rows for another lease, but for those that are being settled just now. */
  void renew(UUID claim, Collection<Key> rows, Duration lease) {
    jdbc.sql(
            """
            WITH mine AS MATERIALIZED (
              SELECT n.user_id, n.message_id
              FROM unnest(CAST(:users AS uuid[]), CAST(:messages AS text[]))
                AS w (user_id, message_id)
              JOIN notifications AS n USING (user_id, message_id)
              WHERE n.claim = :claim
              FOR UPDATE OF n SKIP LOCKED)
            UPDATE notifications AS n
            SET lease_until = now() + :leaseMillis * interval '1 ms'
            FROM mine AS m
            WHERE n.user_id = m.user_id AND n.message_id = m.message_id AND n.claim = :claim
            """)
        .param("leaseMillis", lease.toMillis())
        .param("users", texts(rows, row -> row.user().toString()))
        .param("messages", texts(rows, Key::messageId))
        .param("claim", claim)
        .update();
  }

  /**
   * Writes what came of rows in hand, and lets them go. One that something happened to meanwhile is
   * due at once, if it may be on a screen. One that has rung and disappears is due then. Each keeps
   * its place among the recipients of its message.
   */
  void settle(UUID claim, Collection<Settlement> settlements) {
    jdbc.sql(
            """
            WITH wanted AS MATERIALIZED (
              SELECT w.* FROM unnest(
                CAST(:users AS uuid[]), CAST(:messages AS text[]), CAST(:states AS text[]),
                CAST(:reasons AS text[]), CAST(:ends AS text[]), CAST(:pauses AS bigint[]),
                CAST(:failures AS integer[]), CAST(:changes AS integer[])
              ) AS w (user_id, message_id, state, reason, ended, pause, failures, changes)
              JOIN notifications AS n USING (user_id, message_id)
              WHERE n.claim = :claim
              ORDER BY n.user_id, n.message_id FOR UPDATE OF n)
            UPDATE notifications AS n SET
              state = w.state, reason = w.reason, ended = w.ended, failures = w.failures,
              decided_at = CASE
                WHEN w.state = 'WAITING' THEN NULL ELSE coalesce(n.decided_at, now()) END,
              claim = NULL, lease_until = NULL,
              due_at = CASE
                WHEN n.changes > w.changes AND w.state <> 'SILENT' THEN now()
                WHEN w.pause IS NOT NULL THEN now() + w.pause * interval '1 ms'
                WHEN w.state IN ('RANG', 'FAILED') AND n.expires_at IS NOT NULL
                  THEN greatest(n.expires_at, now() + interval '1 s') END,
              turn_at = greatest(n.turn_at - n.due_at, interval '0') + CASE
                WHEN n.changes > w.changes OR w.pause IS NOT NULL
                  THEN now() + coalesce(w.pause, 0) * interval '1 ms'
                ELSE greatest(n.expires_at, now()) END
            FROM wanted AS w
            WHERE n.user_id = w.user_id AND n.message_id = w.message_id AND n.claim = :claim
            """)
        .param("users", texts(settlements, s -> s.of().user().toString()))
        .param("messages", texts(settlements, s -> s.of().messageId()))
        .param("states", texts(settlements, s -> s.state().name()))
        .param("reasons", texts(settlements, s -> name(s.reason())))
        .param("ends", texts(settlements, s -> name(s.ended())))
        .param(
            "pauses",
            settlements.stream()
                .map(s -> s.again() == null ? null : s.again().toMillis())
                .toArray(Long[]::new))
        .param("failures", settlements.stream().map(Settlement::failures).toArray(Integer[]::new))
        .param("changes", settlements.stream().map(s -> s.of().changes()).toArray(Integer[]::new))
        .param("claim", claim)
        .update();
  }

  /**
   * Those of the users' conversations that may be on a screen by now, newest first.
   *
   * @param max of each conversation
   */
  Map<UserConversation, List<Notification>> shown(Collection<UserConversation> places, int max) {
    Map<UserConversation, List<Notification>> shown = new HashMap<>();
    jdbc.sql(
            """
            SELECT %s FROM unnest(CAST(:users AS uuid[]), CAST(:conversations AS uuid[]))
              AS w (user_id, conversation_id)
            CROSS JOIN LATERAL (
              SELECT * FROM notifications AS o
              WHERE o.user_id = w.user_id AND o.conversation_id = w.conversation_id
                AND (o.state IN ('RINGING', 'RANG', 'FAILED')
                  OR (o.state = 'WAITING' AND o.claim IS NOT NULL))
              ORDER BY o.seq DESC LIMIT :max) AS n
            ORDER BY n.user_id, n.conversation_id, n.seq DESC
            """
                .formatted(ROW))
        .param("users", texts(places, place -> place.user().toString()))
        .param("conversations", texts(places, place -> place.conversation().toString()))
        .param("max", max)
        .query(
            (ResultSet row) -> {
              Notification one = notification(row, false);
              shown.computeIfAbsent(one.place(), none -> new ArrayList<>()).add(one);
            });
    return shown;
  }

  // --- what is asked ----------------------------------------------------------------------------

  Optional<DecisionRecord> find(UserId user, ConversationId conversation, long seq) {
    return jdbc.sql(
            """
            SELECT message_id, conversation_id, seq, sent_at, state, reason, decided_at, ended
            FROM notifications
            WHERE conversation_id = :conversation AND seq = :seq AND user_id = :user
            """)
        .param("conversation", conversation.value())
        .param("seq", seq)
        .param("user", user.value())
        .query((row, number) -> decision(row))
        .optional();
  }

  /** To be called within a transaction, so that rows come as they are asked for. */
  void each(UserId user, Consumer<DecisionRecord> action) {
    try (Stream<DecisionRecord> all =
        jdbc
            .sql(
                """
                SELECT message_id, conversation_id, seq, sent_at, state, reason, decided_at, ended
                FROM notifications WHERE user_id = :user ORDER BY message_id
                """)
            .withFetchSize(FETCH_SIZE)
            .param("user", user.value())
            .query((row, number) -> decision(row))
            .stream()) {
      all.forEach(action);
    }
  }

  int erase(UserId user) {
    return jdbc.sql("DELETE FROM notifications WHERE user_id = :user")
        .param("user", user.value())
        .update();
  }

  /**
   * Deletes a bounded number of rows that are older.
   *
   * @return whether there may be more
   */
  boolean cleanUp(Duration age) {
    return jdbc.sql(
                """
                DELETE FROM notifications WHERE (user_id, message_id) IN (
                  SELECT user_id, message_id FROM notifications
                  WHERE created_at < now() - :ageMillis * interval '1 ms' LIMIT :batch)
                """)
            .param("ageMillis", age.toMillis())
            .param("batch", CLEAN_UP_BATCH)
            .update()
        == CLEAN_UP_BATCH;
  }

  /** Rows that were added while their users were erased. */
  int cleanUpErased() {
    return jdbc.sql(
            """
            DELETE FROM notifications WHERE user_id IN (
              SELECT user_id FROM erasures WHERE at > now() - interval '1 day')
            """)
        .update();
  }

  /** A message's place. */
  record MessagePlace(ConversationId conversation, long seq) {}

  private static Notification notification(ResultSet row, boolean left) throws SQLException {
    return new Notification(
        new UserId(row.getObject(1, UUID.class)),
        row.getString(2),
        new ConversationId(row.getObject(3, UUID.class)),
        row.getString(4),
        row.getLong(5),
        new UserId(row.getObject(6, UUID.class)),
        instant(row, 7).orElseThrow(),
        instant(row, 8).orElse(null),
        State.valueOf(row.getString(9)),
        reason(row.getString(10)),
        reason(row.getString(11)),
        row.getInt(12),
        row.getInt(13),
        left);
  }

  private static DecisionRecord decision(ResultSet row) throws SQLException {
    State state = State.valueOf(row.getString(5));
    Reason reason = reason(row.getString(6));
    return new DecisionRecord(
        row.getString(1),
        new ConversationId(row.getObject(2, UUID.class)),
        row.getLong(3),
        instant(row, 4).orElseThrow(),
        state == State.WAITING && reason == Reason.NO_DEVICE ? State.SILENT : state,
        reason,
        instant(row, 7).orElse(null),
        reason(row.getString(8)));
  }

  private static @Nullable Reason reason(@Nullable String name) {
    return name == null ? null : Reason.valueOf(name);
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private static @Nullable String name(@Nullable Reason reason) {
    return reason == null ? null : reason.name();
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static <T> String[] texts(Collection<T> all, Function<T, @Nullable String> text) {
    return all.stream().map(text).toArray(String[]::new);
  }
}
