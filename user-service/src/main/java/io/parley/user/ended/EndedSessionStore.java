package io.parley.user.ended;

import io.parley.common.ids.UserId;
import io.parley.common.sessions.EndedSession;
import java.sql.Timestamp;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code ended_sessions}. */
@Repository
class EndedSessionStore {

  private final JdbcClient jdbc;

  EndedSessionStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(EndedSession ended) {
    jdbc.sql(
            "INSERT INTO ended_sessions (id, account_id, ended_at) VALUES (?, ?, ?)"
                + " ON CONFLICT (id) DO NOTHING")
        .params(ended.sessionId(), ended.userId().value(), Timestamp.from(ended.at()))
        .update();
  }

  /** The oldest that no other instance is announcing just now; they stay locked. */
  List<EndedSession> lockOldest(int limit) {
    return jdbc.sql(
            "SELECT id, account_id, ended_at FROM ended_sessions ORDER BY ended_at LIMIT ?"
                + " FOR UPDATE SKIP LOCKED")
        .param(limit)
        .query(
            (row, number) ->
                new EndedSession(
                    row.getObject(1, UUID.class),
                    new UserId(row.getObject(2, UUID.class)),
                    row.getTimestamp(3).toInstant()))
        .list();
  }

  void delete(UUID id) {
    jdbc.sql("DELETE FROM ended_sessions WHERE id = ?").param(id).update();
  }

  long count() {
    return jdbc.sql("SELECT count(*) FROM ended_sessions").query(Long.class).single();
  }
}
