package io.parley.user.erasure;

import io.parley.common.events.ErasureRequested;
import io.parley.common.ids.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code erasures} and {@code erasure_answers}. */
@Repository
class ErasureStore {

  /** Of an account that is gone. */
  record Erasure(
      UUID id,
      UserId user,
      @Nullable UUID parent,
      ErasureRequested.Messages messages,
      Instant requestedAt,
      @Nullable Instant doneAt) {}

  private final JdbcClient database;

  ErasureStore(JdbcClient database) {
    this.database = database;
  }

  void add(Erasure erasure, @Nullable String statusHash) {
    database
        .sql(
            """
            INSERT INTO erasures
              (id, user_id, parent, messages, status_hash, requested_at, asked_at)
            VALUES (:id, :user, :parent, :messages, :hash, :at, :at)
            """)
        .param("id", erasure.id())
        .param("user", erasure.user().value())
        .param("parent", erasure.parent())
        .param("messages", erasure.messages().name())
        .param("hash", statusHash)
        .param("at", utc(erasure.requestedAt()))
        .update();
  }

  Optional<Erasure> find(String statusHash) {
    return database
        .sql("SELECT * FROM erasures WHERE status_hash = ?")
        .param(statusHash)
        .query(ErasureStore::erasure)
        .optional();
  }

  /** Until the transaction ends nobody else takes an answer to it. */
  Optional<Erasure> lock(UUID id) {
    return database
        .sql("SELECT * FROM erasures WHERE id = ? FOR UPDATE")
        .param(id)
        .query(ErasureStore::erasure)
        .optional();
  }

  /** An erasure and those of the bots that went with it. */
  List<Erasure> family(UUID id) {
    return database
        .sql("SELECT * FROM erasures WHERE id = :id OR parent = :id")
        .param("id", id)
        .query(ErasureStore::erasure)
        .list();
  }

  /** False when the service had answered before. */
  boolean addAnswer(UUID erasure, String service, Instant at) {
    return database
            .sql(
                """
                INSERT INTO erasure_answers (erasure_id, service, answered_at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """)
            .params(erasure, service, utc(at))
            .update()
        == 1;
  }

  /** Service to time. */
  Map<String, Instant> answers(UUID erasure) {
    Map<String, Instant> answers = new HashMap<>();
    database
        .sql("SELECT service, answered_at FROM erasure_answers WHERE erasure_id = ?")
        .param(erasure)
        .query(
            row -> {
              answers.put(row.getString("service"), time(row, "answered_at"));
            });
    return answers;
  }

  void done(UUID erasure, Instant at) {
    database.sql("UPDATE erasures SET done_at = ? WHERE id = ?").params(utc(at), erasure).update();
  }

  /**
   * Those that are open and were last asked before the given time; they stay locked. One whose
   * question still waits for RabbitMQ is left out.
   */
  List<Erasure> lockUnanswered(Instant askedBefore, int limit) {
    return database
        .sql(
            """
            SELECT * FROM erasures e
            WHERE done_at IS NULL AND asked_at <= ?
              AND NOT EXISTS (SELECT FROM outbox o WHERE o.message_id = 'erasure:' || e.id)
            ORDER BY asked_at LIMIT ? FOR UPDATE OF e SKIP LOCKED
            """)
        .params(utc(askedBefore), limit)
        .query(ErasureStore::erasure)
        .list();
  }

  void asked(UUID erasure, Instant at) {
    database.sql("UPDATE erasures SET asked_at = ? WHERE id = ?").params(utc(at), erasure).update();
  }

  /** Those whose bots, if any, are done too. */
  int forgetDone(Instant before) {
    return database
        .sql(
            """
            DELETE FROM erasures e
            WHERE done_at < ? AND parent IS NULL
              AND NOT EXISTS (SELECT FROM erasures c WHERE c.parent = e.id AND c.done_at IS NULL)
            """)
        .param(utc(before))
        .update();
  }

  private static Erasure erasure(ResultSet row, int number) throws SQLException {
    return new Erasure(
        row.getObject("id", UUID.class),
        new UserId(row.getObject("user_id", UUID.class)),
        row.getObject("parent", UUID.class),
        ErasureRequested.Messages.valueOf(row.getString("messages")),
        time(row, "requested_at"),
        row.getObject("done_at") == null ? null : time(row, "done_at"));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
