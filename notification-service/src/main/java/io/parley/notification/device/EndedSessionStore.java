package io.parley.notification.device;

import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code ended_sessions}: PRIMARY KEY (session_id). Read by {@link DeviceStore} too, under the lock
 * on the user that {@link Devices} takes alone for an end and shares for a registration: so no
 * device comes between the two.
 */
@Repository
class EndedSessionStore {

  private final JdbcClient jdbc;

  EndedSessionStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(UUID session) {
    jdbc.sql(
            "INSERT INTO ended_sessions (session_id, at) VALUES (?, now())"
                + " ON CONFLICT (session_id) DO UPDATE SET at = excluded.at")
        .param(session)
        .update();
  }

  int forget(Duration age) {
    return jdbc.sql("DELETE FROM ended_sessions WHERE at < now() - :millis * interval '1 ms'")
        .param("millis", age.toMillis())
        .update();
  }
}
