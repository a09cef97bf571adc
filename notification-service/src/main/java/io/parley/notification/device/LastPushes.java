package io.parley.notification.device;

import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads {@code push_deliveries}, which package push writes and keeps for some days: by device, of
 * few devices at a time.
 */
@Repository
class LastPushes {

  private final JdbcClient jdbc;

  LastPushes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Devices that nothing was pushed to are left out. */
  Map<DeviceId, LastPush> of(Collection<DeviceId> devices) {
    Map<DeviceId, LastPush> found = new HashMap<>();
    jdbc.sql(
            """
            SELECT d, last.at, last.state, last.error
            FROM unnest(CAST(:devices AS uuid[])) AS d CROSS JOIN LATERAL (
              SELECT at, state, error FROM push_deliveries
              WHERE device_id = d AND state <> 'CLAIMED' ORDER BY at DESC LIMIT 1
            ) AS last
            """)
        .param("devices", devices.stream().map(DeviceId::toString).toArray(String[]::new))
        .query(
            row -> {
              found.put(
                  new DeviceId(row.getObject(1, UUID.class)),
                  new LastPush(
                      row.getObject(2, OffsetDateTime.class).toInstant(),
                      row.getString(3),
                      row.getString(4)));
            });
    return found;
  }
}
