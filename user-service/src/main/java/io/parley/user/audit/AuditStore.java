package io.parley.user.audit;

import io.parley.common.ids.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code audit_events}, newest first. */
@Repository
class AuditStore {

  private static final TypeReference<Map<String, String>> DETAILS = new TypeReference<>() {};

  private final JdbcClient database;
  private final JsonMapper json;

  AuditStore(JdbcClient database, JsonMapper json) {
    this.database = database;
    this.json = json;
  }

  List<AuditEntry> find(AuditQuery query, @Nullable AuditCursor after, int limit) {
    StringBuilder sql = new StringBuilder("SELECT * FROM audit_events WHERE true");
    List<Object> params = new ArrayList<>();
    if (query.actor() != null) {
      sql.append(" AND actor = ?");
      params.add(query.actor());
    }
    if (query.target() != null) {
      sql.append(" AND target_id = ?");
      params.add(query.target());
    }
    if (query.action() != null) {
      sql.append(query.action().endsWith(".") ? " AND starts_with(action, ?)" : " AND action = ?");
      params.add(query.action());
    }
    if (query.from() != null) {
      sql.append(" AND at >= ?");
      params.add(utc(query.from()));
    }
    if (query.to() != null) {
      sql.append(" AND at < ?");
      params.add(utc(query.to()));
    }
    if (after != null) {
      sql.append(" AND (at, id) < (?, ?)");
      params.add(utc(after.at()));
      params.add(after.id());
    }
    sql.append(" ORDER BY at DESC, id DESC LIMIT ?");
    params.add(limit);
    return database.sql(sql.toString()).params(params).query(this::entry).list();
  }

  /** All that somebody did or that was done to them, the oldest first. */
  List<AuditEntry> about(UserId user, @Nullable AuditCursor after, int limit) {
    return database
        .sql(
            """
            SELECT * FROM audit_events
            WHERE (actor = :user OR target_id = :target) AND (at, id) > (:at, :id)
            ORDER BY at, id LIMIT :limit
            """)
        .param("user", user.value())
        .param("target", user.toString())
        .param("at", after == null ? utc(Instant.EPOCH) : utc(after.at()))
        .param("id", after == null ? new UUID(0, 0) : after.id())
        .param("limit", limit)
        .query(this::entry)
        .list();
  }

  private AuditEntry entry(ResultSet row, int number) throws SQLException {
    UUID actor = row.getObject("actor", UUID.class);
    return new AuditEntry(
        row.getObject("id", UUID.class),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("service"),
        actor == null ? null : new UserId(actor),
        row.getString("action"),
        row.getString("target_type"),
        row.getString("target_id"),
        row.getString("address"),
        row.getString("request_id"),
        json.readValue(row.getString("details"), DETAILS));
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
