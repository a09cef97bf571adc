package io.parley.notification.privacy;

import io.parley.common.ids.UserId;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code erasures}: PRIMARY KEY (user_id), never deleted. Read by {@code DeviceStore} and {@code
 * SettingsStore} too, under the lock that {@link #lock} takes alone and who writes shares: so
 * nothing comes between an erasure and its record.
 */
@Repository
class ErasureRecords {

  private final JdbcClient jdbc;

  ErasureRecords(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Until the end of the transaction. */
  void lock(UserId user) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(CAST(:user AS text), 0))")
        .param("user", user.value())
        .query(Integer.class)
        .single();
  }

  /**
   * @return what was erased by this and all earlier requests
   */
  Map<String, Long> record(
      UserId user, UUID erasureId, long devices, long pushes, long notifications, long settings) {
    return jdbc.sql(
            """
            INSERT INTO erasures AS e (
              user_id, erasure_id, devices, pushes, notifications, settings, at)
            VALUES (:user, :erasure, :devices, :pushes, :notifications, :settings, now())
            ON CONFLICT (user_id) DO UPDATE SET
              erasure_id = excluded.erasure_id, devices = e.devices + excluded.devices,
              pushes = e.pushes + excluded.pushes,
              notifications = e.notifications + excluded.notifications,
              settings = e.settings + excluded.settings, at = excluded.at
            RETURNING devices, pushes, notifications, settings
            """)
        .param("user", user.value())
        .param("erasure", erasureId)
        .param("devices", devices)
        .param("pushes", pushes)
        .param("notifications", notifications)
        .param("settings", settings)
        .query(
            (row, number) ->
                Map.of(
                    "devices", row.getLong(1),
                    "pushes", row.getLong(2),
                    "notifications", row.getLong(3),
                    "settings", row.getLong(4)))
        .single();
  }
}
