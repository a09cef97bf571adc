package io.parley.message.scheduled;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code due_messages_by_slot}: PRIMARY KEY (slot, at, user_id, scheduled_id, version); serves what
 * is due in a span of time, in its order. A slot is ten minutes. Has ids only. A row is overwritten
 * when nothing is left to be done, and expires 30 days after its time, when nobody reads its
 * partition any more.
 *
 * <p>{@code due_message_progress}: PRIMARY KEY (scope), one row: up to when nothing is left to be
 * done. Its time of writing is its value, so that the highest one stays.
 */
@Component
class CassandraDueStore {

  private static final Duration KEPT = Duration.ofDays(30);

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement delete;
  private final PreparedStatement noteDone;
  private final PreparedStatement selectDone;

  CassandraDueStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    this.insert =
        tables.prepare(
            "INSERT INTO due_messages_by_slot"
                + " (slot, at, user_id, scheduled_id, version, conversation_id, done)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ?");
    this.select =
        tables.prepare(
            "SELECT at, user_id, scheduled_id, version, conversation_id, done"
                + " FROM due_messages_by_slot WHERE slot = ? AND at >= ? AND at <= ?");
    this.delete =
        tables.prepare(
            "DELETE FROM due_messages_by_slot"
                + " WHERE slot = ? AND at = ? AND user_id = ? AND scheduled_id = ?");
    this.noteDone =
        tables.prepare(
            "INSERT INTO due_message_progress (scope, done_to) VALUES ('all', ?) USING TIMESTAMP ?");
    this.selectDone =
        tables.prepare("SELECT done_to FROM due_message_progress WHERE scope = 'all'");
  }

  void put(Due due) {
    write(due, false);
  }

  void done(Due due) {
    write(due, true);
  }

  private void write(Due due, boolean done) {
    Duration left = Duration.between(clock.instant(), due.at());
    Duration kept = left.isNegative() ? KEPT : KEPT.plus(left);
    tables.execute(
        insert.bind(
            due.slot(),
            due.at(),
            due.author().value(),
            due.id(),
            due.version(),
            due.conversation().value(),
            done,
            Math.toIntExact(kept.toSeconds())));
  }

  /**
   * What was put for a time in {@code [from, to]}, in its order.
   *
   * @param reader is told of each whether it is done
   */
  void read(Instant from, Instant to, BiConsumer<Due, Boolean> reader) {
    for (long slot = Due.slot(from); slot <= Due.slot(to); slot++) {
      for (Row row : tables.execute(select.bind(slot, from, to))) {
        reader.accept(
            new Due(
                Objects.requireNonNull(row.getInstant("at")),
                new UserId(Objects.requireNonNull(row.getUuid("user_id"))),
                Objects.requireNonNull(row.getUuid("scheduled_id")),
                row.getInt("version"),
                new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id")))),
            row.getBoolean("done"));
      }
    }
  }

  /** All of a message at one time. */
  void forget(Due due) {
    tables.execute(delete.bind(due.slot(), due.at(), due.author().value(), due.id()));
  }

  /** Null before it was noted for the first time. */
  @Nullable Instant doneTo() {
    Row row = tables.execute(selectDone.bind()).one();
    return row == null ? null : row.getInstant("done_to");
  }

  void noteDoneTo(Instant time) {
    tables.execute(noteDone.bind(time, time.toEpochMilli() * 1_000));
  }
}
