package io.parley.notification.push;

import io.parley.notification.device.DeviceId;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code push_deliveries}: PRIMARY KEY (device_id, message_id); what makes a push happen once.
 *
 * <p>A row is claimed before the push is sent and settled with the outcome after it. A repeat of
 * the event finds the row and does nothing. A claim ends with its lease, which its process renews
 * while it works ({@link #renew}), so the pushes of a process that died are sent by the next that
 * gets the event, which RabbitMQ delivers again.
 *
 * <p>In the window between FCM's answer and the settled row this is <b>at-least-once</b>: a process
 * that dies there leaves a push that is sent twice. At-most-once (settle first) would lose the push
 * of a process that dies before the send, and FCM has no idempotency key that would give both. The
 * second push replaces the first on the screen, as both carry the conversation's collapse key.
 *
 * <p>Leases are compared with the database's clock, the only one that all nodes share.
 */
@Repository
class PushDeliveries {

  private static final int CLEAN_UP_BATCH = 5_000;
  private static final int FETCH_SIZE = 1_000;

  private final JdbcClient jdbc;

  PushDeliveries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Claims those of the devices that nobody has settled or is at. Idempotent for the same claim.
   *
   * @return the devices now held by the claim
   */
  Set<DeviceId> claim(UUID claim, String messageId, Collection<DeviceId> devices, Duration lease) {
    // Ordered, so that two claims for the same devices wait for one another instead of deadlocking.
    return jdbc.sql(
            """
            INSERT INTO push_deliveries AS p (device_id, message_id, state, claim, lease_until, at)
            SELECT d, :messageId, 'CLAIMED', :claim, now() + :leaseMillis * interval '1 ms', now()
            FROM unnest(CAST(:devices AS uuid[])) AS d ORDER BY d
            ON CONFLICT (device_id, message_id) DO UPDATE SET
              state = excluded.state, claim = excluded.claim, lease_until = excluded.lease_until,
              error = NULL, at = excluded.at
            WHERE p.state = 'DEFERRED'
              OR (p.state = 'CLAIMED' AND (p.claim = excluded.claim OR p.lease_until < now()))
            RETURNING device_id
            """)
        .param("messageId", messageId)
        .param("claim", claim)
        .param("leaseMillis", lease.toMillis())
        .param("devices", array(devices))
        .query((row, number) -> new DeviceId(row.getObject(1, UUID.class)))
        .set();
  }

  /** Of these devices, those that another claim holds now, and until when at most. */
  Busy busy(UUID claim, String messageId, Collection<DeviceId> devices) {
    return jdbc.sql(
            """
            SELECT count(*), coalesce(extract(epoch FROM max(lease_until) - now()) * 1000, 0)
            FROM push_deliveries
            WHERE device_id = ANY (CAST(:devices AS uuid[])) AND message_id = :messageId
              AND state = 'CLAIMED' AND claim <> :claim
            """)
        .param("devices", array(devices))
        .param("messageId", messageId)
        .param("claim", claim)
        .query(
            (row, number) ->
                new Busy(row.getInt(1), Duration.ofMillis(Math.max(0, (long) row.getDouble(2)))))
        .single();
  }

  /** Writes outcomes. A row that has meanwhile been claimed by another is left alone. */
  void settle(UUID claim, String messageId, List<PushResult> results) {
    jdbc.sql(
            """
            UPDATE push_deliveries AS p
            SET state = r.state, error = r.error, lease_until = NULL, at = now()
            FROM unnest(
              CAST(:devices AS uuid[]), CAST(:states AS text[]), CAST(:errors AS text[])
            ) AS r (device_id, state, error)
            WHERE p.device_id = r.device_id AND p.message_id = :messageId AND p.claim = :claim
            """)
        .param("devices", array(results.stream().map(PushResult::device).toList()))
        .param("states", results.stream().map(r -> r.outcome().name()).toArray(String[]::new))
        .param("errors", results.stream().map(PushResult::error).toArray(String[]::new))
        .param("messageId", messageId)
        .param("claim", claim)
        .update();
  }

  /** Holds the claims for another lease. */
  void renew(Collection<UUID> claims, Duration lease) {
    jdbc.sql(
            """
            UPDATE push_deliveries SET lease_until = now() + :leaseMillis * interval '1 ms'
            WHERE claim = ANY (CAST(:claims AS uuid[])) AND state = 'CLAIMED'
            """)
        .param("leaseMillis", lease.toMillis())
        .param("claims", claims.stream().map(UUID::toString).toArray(String[]::new))
        .update();
  }

  /** To be called within a transaction, so that rows come as they are asked for. */
  void each(Collection<DeviceId> devices, Consumer<PushRecord> action) {
    try (Stream<PushRecord> all =
        jdbc
            .sql(
                """
                SELECT device_id, message_id, state, error, at FROM push_deliveries
                WHERE device_id = ANY (CAST(:devices AS uuid[])) ORDER BY device_id, message_id
                """)
            .withFetchSize(FETCH_SIZE)
            .param("devices", array(devices))
            .query(
                (row, number) ->
                    new PushRecord(
                        new DeviceId(row.getObject(1, UUID.class)),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getObject(5, OffsetDateTime.class).toInstant()))
            .stream()) {
      all.forEach(action);
    }
  }

  int erase(Collection<DeviceId> devices) {
    return jdbc.sql("DELETE FROM push_deliveries WHERE device_id = ANY (CAST(:devices AS uuid[]))")
        .param("devices", array(devices))
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

  private static String[] array(Collection<DeviceId> devices) {
    return devices.stream().map(DeviceId::toString).toArray(String[]::new);
  }

  /**
   * @param longest the remaining lease of the youngest claim
   */
  record Busy(int devices, Duration longest) {}
}
