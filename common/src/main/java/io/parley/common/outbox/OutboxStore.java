package io.parley.common.outbox;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code outbox}: id, exchange, routing_key, message_id, payload, created_at, traceparent (of the
 * request that appended the event; null without traces). The id is PostgreSQL's, drawn one by one:
 * numbers taken in blocks would put the events of two instances out of order.
 */
final class OutboxStore {

  private final JdbcClient jdbc;

  OutboxStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An event on its way. */
  record Row(
      long id,
      String exchange,
      String routingKey,
      String messageId,
      String payload,
      @Nullable String traceparent) {}

  void append(OutboxEvent event, String payload, @Nullable String traceparent) {
    jdbc.sql(
            "INSERT INTO outbox (exchange, routing_key, message_id, payload, created_at,"
                + " traceparent) VALUES (?, ?, ?, ?, ?, ?)")
        .param(event.exchange())
        .param(event.routingKey())
        .param(event.messageId())
        .param(payload)
        .param(Timestamp.from(event.at()))
        .param(traceparent)
        .update();
  }

  /**
   * True for one transaction of the whole fleet at a time, until it ends. The number is arbitrary;
   * no other advisory lock is taken with it in a database that has an outbox.
   */
  boolean tryLock() {
    return jdbc.sql("SELECT pg_try_advisory_xact_lock(7266)").query(Boolean.class).single();
  }

  /**
   * Exchanges that events wait for; a look into the index for each, however many events there are.
   */
  List<String> exchanges() {
    return jdbc.sql(
            "WITH RECURSIVE found AS (SELECT min(exchange) AS exchange FROM outbox UNION ALL"
                + " SELECT (SELECT min(exchange) FROM outbox WHERE exchange > found.exchange)"
                + " FROM found WHERE exchange IS NOT NULL)"
                + " SELECT exchange FROM found WHERE exchange IS NOT NULL ORDER BY exchange")
        .query(String.class)
        .list();
  }

  List<Row> oldest(String exchange, int limit) {
    return jdbc.sql(
            "SELECT id, exchange, routing_key, message_id, payload, traceparent FROM outbox"
                + " WHERE exchange = ? ORDER BY id LIMIT ?")
        .params(exchange, limit)
        .query(
            (row, number) ->
                new Row(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6)))
        .list();
  }

  void delete(List<Long> ids) {
    jdbc.sql("DELETE FROM outbox WHERE id = ANY (?)").param(ids.toArray(new Long[0])).update();
  }

  long count() {
    return jdbc.sql("SELECT count(*) FROM outbox").query(Long.class).single();
  }

  Optional<Instant> oldestTime() {
    return jdbc.sql("SELECT created_at FROM outbox ORDER BY id LIMIT 1")
        .query((row, number) -> row.getTimestamp(1).toInstant())
        .optional();
  }
}
