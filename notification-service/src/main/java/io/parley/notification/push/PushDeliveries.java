package io.parley.notification.push;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.device.DeviceId;
import io.parley.notification.push.Notice.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code push_deliveries}: PRIMARY KEY (device_id, message_id); what makes a push happen once. A
 * row is what the device was sent last about the message: first that it rings, then, with an
 * ascending version, other words, at last that it is taken away. Read by user and conversation for
 * what is on the screens.
 *
 * <p>A row is claimed before the push is sent and settled with the outcome after it. A repeat of
 * the event finds the row and does nothing. A claim ends with its lease, which its process renews
 * while it works ({@link #renew}), so the pushes of a process that died are sent by the next that
 * has the notification in hand.
 *
 * <p>In the window between FCM's answer and the settled row this is <b>at-least-once</b>: a process
 * that dies there leaves a push that is sent twice. At-most-once (settle first) would lose the push
 * of a process that dies before the send, and FCM has no idempotency key that would give both. The
 * second push replaces the first on the screen, as both carry the conversation's collapse key.
 *
 * <p>Leases and retries are compared with the database's clock, the only one that all nodes share.
 */
@Repository
class PushDeliveries {

  private static final int CLEAN_UP_BATCH = 5_000;
  private static final int FETCH_SIZE = 1_000;

  private final JdbcClient jdbc;

  PushDeliveries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A row's key. */
  record Key(DeviceId device, String messageId) {}

  /** One delivery that is wanted. */
  record Wanted(
      DeviceId device,
      UserId user,
      ConversationId conversation,
      String messageId,
      Kind kind,
      long version) {

    Key key() {
      return new Key(device, messageId);
    }
  }

  /**
   * Claims those that nobody has settled or is at, and whose time has come. Idempotent for the same
   * claim.
   *
   * @param maxTries nothing is tried more often
   * @return those now held by the claim, and how often each has been tried, this time included
   */
  Map<Key, Integer> claim(UUID claim, Collection<Wanted> wanted, Duration lease, int maxTries) {
    Map<Key, Integer> claimed = new HashMap<>();
    // Ordered, so that two claims for the same devices wait for one another instead of deadlocking.
    jdbc.sql(
            """
            INSERT INTO push_deliveries AS p (
              device_id, message_id, user_id, conversation_id, kind, version, state, claim,
              lease_until, tries, at)
            SELECT w.device_id, w.message_id, w.user_id, w.conversation_id, w.kind, w.version,
              'CLAIMED', :claim, now() + :leaseMillis * interval '1 ms', 1, now()
            FROM unnest(
              CAST(:devices AS uuid[]), CAST(:messages AS text[]), CAST(:users AS uuid[]),
              CAST(:conversations AS uuid[]), CAST(:kinds AS text[]), CAST(:versions AS bigint[])
            ) AS w (device_id, message_id, user_id, conversation_id, kind, version)
            ORDER BY w.device_id, w.message_id
            ON CONFLICT (device_id, message_id) DO UPDATE SET
              user_id = excluded.user_id, conversation_id = excluded.conversation_id,
              kind = excluded.kind, version = greatest(p.version, excluded.version),
              state = excluded.state,
              claim = excluded.claim, lease_until = excluded.lease_until, error = NULL,
              retry_at = NULL, at = excluded.at,
              tries = CASE
                WHEN p.kind <> excluded.kind OR (p.version < excluded.version AND p.kind <> 'RING')
                  THEN 1
                WHEN p.state = 'CLAIMED' AND p.claim = excluded.claim THEN p.tries
                ELSE p.tries + 1 END
            WHERE CASE
              WHEN p.state = 'CLAIMED' AND p.lease_until >= now() AND p.claim <> excluded.claim
                THEN false
              -- The same once more: a device rings once, whatever the words are by now.
              WHEN p.kind = excluded.kind AND (p.kind = 'RING' OR p.version >= excluded.version)
                THEN p.state = 'CLAIMED'
                  OR (p.state = 'DEFERRED' AND p.tries < :maxTries
                    AND coalesce(p.retry_at <= now(), true))
              WHEN p.kind = 'WITHDRAW' OR excluded.kind = 'RING' THEN false
              ELSE excluded.kind = 'WITHDRAW' OR p.version < excluded.version END
            RETURNING device_id, message_id, tries
            """)
        .param("claim", claim)
        .param("leaseMillis", lease.toMillis())
        .param("devices", texts(wanted, w -> w.device().toString()))
        .param("messages", texts(wanted, Wanted::messageId))
        .param("users", texts(wanted, w -> w.user().toString()))
        .param("conversations", texts(wanted, w -> w.conversation().toString()))
        .param("kinds", texts(wanted, w -> w.kind().name()))
        .param("versions", wanted.stream().map(Wanted::version).toArray(Long[]::new))
        .param("maxTries", maxTries)
        .query(
            (ResultSet row) -> {
              claimed.put(key(row), row.getInt(3));
            });
    return claimed;
  }

  /** How it stands with those that are wanted, as far as they were ever begun. */
  Map<Key, Standing> standing(Collection<Wanted> wanted, int maxTries) {
    Map<Key, Standing> found = new HashMap<>();
    jdbc.sql(
            """
            SELECT p.device_id, p.message_id, p.state, p.tries < :maxTries,
              coalesce(extract(epoch FROM greatest(p.lease_until, p.retry_at) - now()) * 1000, 0)
            FROM unnest(
              CAST(:devices AS uuid[]), CAST(:messages AS text[])
            ) AS w (device_id, message_id)
            JOIN push_deliveries AS p USING (device_id, message_id)
            """)
        .param("maxTries", maxTries)
        .param("devices", texts(wanted, w -> w.device().toString()))
        .param("messages", texts(wanted, Wanted::messageId))
        .query(
            (ResultSet row) -> {
              Duration pause = Duration.ofMillis(Math.max(0, (long) row.getDouble(5)));
              found.put(key(row), new Standing(row.getString(3), row.getBoolean(4), pause));
            });
    return found;
  }

  /** Writes outcomes. A row that has meanwhile been claimed by another is left alone. */
  void settle(UUID claim, Collection<Settled> outcomes) {
    jdbc.sql(
            """
            UPDATE push_deliveries AS p
            SET state = r.state, error = r.error, lease_until = NULL, at = now(),
              retry_at = CASE WHEN r.state = 'DEFERRED' THEN now() + r.pause * interval '1 ms' END
            FROM unnest(
              CAST(:devices AS uuid[]), CAST(:messages AS text[]), CAST(:states AS text[]),
              CAST(:errors AS text[]), CAST(:pauses AS bigint[])
            ) AS r (device_id, message_id, state, error, pause)
            WHERE p.device_id = r.device_id AND p.message_id = r.message_id AND p.claim = :claim
            """)
        .param("devices", texts(outcomes, o -> o.result().device().toString()))
        .param("messages", texts(outcomes, Settled::messageId))
        .param("states", texts(outcomes, o -> o.result().outcome().name()))
        .param("errors", outcomes.stream().map(o -> o.result().error()).toArray(String[]::new))
        .param("pauses", outcomes.stream().map(o -> o.pause().toMillis()).toArray(Long[]::new))
        .param("claim", claim)
        .update();
  }

  /** What was tried as often as it is to be may be tried from the beginning. */
  void forgive(String messageId, Collection<UserId> users) {
    jdbc.sql(
            """
            UPDATE push_deliveries SET tries = 0, retry_at = NULL
            WHERE device_id IN (
                SELECT id FROM devices WHERE user_id = ANY (CAST(:users AS uuid[])))
              AND message_id = :messageId AND state = 'DEFERRED'
            """)
        .param("users", texts(users, UserId::toString))
        .param("messageId", messageId)
        .update();
  }

  /** Holds the claims for another lease, but for rows that are being settled just now. */
  void renew(Collection<UUID> claims, Duration lease) {
    jdbc.sql(
            """
            WITH mine AS MATERIALIZED (
              SELECT device_id, message_id FROM push_deliveries
              WHERE claim = ANY (CAST(:claims AS uuid[])) AND state = 'CLAIMED'
              FOR UPDATE SKIP LOCKED)
            UPDATE push_deliveries AS p
            SET lease_until = now() + :leaseMillis * interval '1 ms'
            FROM mine AS m WHERE p.device_id = m.device_id AND p.message_id = m.message_id
            """)
        .param("leaseMillis", lease.toMillis())
        .param("claims", texts(claims, UUID::toString))
        .update();
  }

  /**
   * What was sent last to each device of the users about the conversations; nothing for a device
   * that never rang there.
   */
  Map<UserConversation, List<OnScreen>> shown(Collection<UserConversation> places) {
    Map<UserConversation, List<OnScreen>> shown = new HashMap<>();
    jdbc.sql(
            """
            SELECT DISTINCT ON (p.user_id, p.conversation_id, p.device_id)
              p.device_id, p.message_id, p.user_id, p.conversation_id, p.kind, p.version,
              p.state NOT IN ('CLAIMED', 'DEFERRED')
            FROM unnest(
              CAST(:users AS uuid[]), CAST(:conversations AS uuid[])
            ) AS w (user_id, conversation_id)
            JOIN push_deliveries AS p USING (user_id, conversation_id)
            WHERE p.kind <> 'RING' OR p.state IN ('SENT', 'CLAIMED')
            ORDER BY p.user_id, p.conversation_id, p.device_id, p.at DESC
            """)
        .param("users", texts(places, place -> place.user().toString()))
        .param("conversations", texts(places, place -> place.conversation().toString()))
        .query(
            (ResultSet row) -> {
              UserConversation place =
                  new UserConversation(
                      new UserId(row.getObject(3, UUID.class)),
                      new ConversationId(row.getObject(4, UUID.class)));
              shown
                  .computeIfAbsent(place, none -> new ArrayList<>())
                  .add(
                      new OnScreen(
                          new DeviceId(row.getObject(1, UUID.class)),
                          row.getString(2),
                          Kind.valueOf(row.getString(5)),
                          row.getLong(6),
                          row.getBoolean(7)));
            });
    return shown;
  }

  /** What became of a message at each of the user's devices. */
  List<PushRecord> of(UserId user, ConversationId conversation, String messageId) {
    return jdbc.sql(
            """
            SELECT device_id, message_id, kind, state, error, at FROM push_deliveries
            WHERE user_id = :user AND conversation_id = :conversation AND message_id = :messageId
            ORDER BY device_id
            """)
        .param("user", user.value())
        .param("conversation", conversation.value())
        .param("messageId", messageId)
        .query((row, number) -> record(row))
        .list();
  }

  /** To be called within a transaction, so that rows come as they are asked for. */
  void each(UserId user, Collection<DeviceId> devices, Consumer<PushRecord> action) {
    try (Stream<PushRecord> all =
        jdbc
            .sql(
                """
                SELECT device_id, message_id, kind, state, error, at FROM push_deliveries
                WHERE user_id = :user OR device_id = ANY (CAST(:devices AS uuid[]))
                ORDER BY device_id, message_id
                """)
            .withFetchSize(FETCH_SIZE)
            .param("user", user.value())
            .param("devices", texts(devices, DeviceId::toString))
            .query((row, number) -> record(row))
            .stream()) {
      all.forEach(action);
    }
  }

  int erase(UserId user, Collection<DeviceId> devices) {
    return jdbc.sql(
            """
            DELETE FROM push_deliveries
            WHERE user_id = :user OR device_id = ANY (CAST(:devices AS uuid[]))
            """)
        .param("user", user.value())
        .param("devices", texts(devices, DeviceId::toString))
        .update();
  }

  /**
   * Deletes a bounded number of rows that are older.
   *
   * @return whether there may be more
   */
  boolean cleanUp(Duration age) {
    int deleted =
        jdbc.sql(
                """
                DELETE FROM push_deliveries WHERE (device_id, message_id) IN (
                  SELECT device_id, message_id FROM push_deliveries
                  WHERE at < now() - :ageMillis * interval '1 ms' LIMIT :batch)
                """)
            .param("ageMillis", age.toMillis())
            .param("batch", CLEAN_UP_BATCH)
            .update();
    return deleted == CLEAN_UP_BATCH;
  }

  private static Key key(ResultSet row) throws SQLException {
    return new Key(new DeviceId(row.getObject(1, UUID.class)), row.getString(2));
  }

  private static PushRecord record(ResultSet row) throws SQLException {
    return new PushRecord(
        new DeviceId(row.getObject(1, UUID.class)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getObject(6, OffsetDateTime.class).toInstant());
  }

  private static <T> String[] texts(Collection<T> all, Function<T, String> text) {
    return all.stream().map(text).toArray(String[]::new);
  }

  /**
   * @param triable false: it was tried as often as it is to be
   * @param pause until its lease ends, or it may be tried again
   */
  record Standing(String state, boolean triable, Duration pause) {

    /** Whether it is to be tried again, or another attempt is at it. */
    boolean isOpen() {
      return state.equals("CLAIMED") || (state.equals(Outcome.DEFERRED.name()) && triable);
    }
  }

  /**
   * @param pause before it is tried again, if it is deferred
   */
  record Settled(String messageId, PushResult result, Duration pause) {}
}
