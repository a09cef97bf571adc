package io.parley.message.receipts;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/**
 * {@code receipts_by_conversation}: PRIMARY KEY (conversation_id, user_id); serves "who has
 * received and read this message" by one read of one partition, whose rows are no more than the
 * members that are asked about. Each pair of columns is written with its seq as the timestamp: of
 * two devices, and of repeats in any order, the one further on stays, without a read before.
 * Nothing is deleted but by an erasure, whose timestamp is beyond every seq.
 */
@Component
class CassandraReceiptStore {

  /** One that is under way. */
  interface Write {

    /**
     * Waits for it.
     *
     * @throws io.parley.common.problems.ProblemException 503
     */
    void end();
  }

  private final CassandraTables tables;
  private final PreparedStatement insertRead;
  private final PreparedStatement insertDelivered;
  private final PreparedStatement select;
  private final PreparedStatement delete;

  CassandraReceiptStore(CassandraTables tables) {
    this.tables = tables;
    this.insertRead =
        tables.prepare(
            "INSERT INTO receipts_by_conversation (conversation_id, user_id, read_seq, read_at)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertDelivered =
        tables.prepare(
            "INSERT INTO receipts_by_conversation"
                + " (conversation_id, user_id, delivered_seq, delivered_at)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.select =
        tables.prepare(
            "SELECT user_id, delivered_seq, delivered_at, read_seq, read_at"
                + " FROM receipts_by_conversation WHERE conversation_id = ? AND user_id IN ?");
    this.delete =
        tables.prepare(
            "DELETE FROM receipts_by_conversation WHERE conversation_id = ? AND user_id = ?");
  }

  void read(ConversationId conversation, UserId user, long seq, Instant at) {
    tables.execute(insertRead.bind(conversation.value(), user.value(), seq, at, seq));
  }

  Write delivered(ConversationId conversation, UserId user, long seq, Instant at) {
    CompletableFuture<AsyncResultSet> started =
        tables.start(insertDelivered.bind(conversation.value(), user.value(), seq, at, seq));
    return () -> CassandraTables.answer(started);
  }

  /**
   * @param users as many as a small group has
   * @return those of whom something is known
   */
  Map<UserId, Receipt> find(ConversationId conversation, Collection<UserId> users) {
    List<UUID> ids = users.stream().map(UserId::value).toList();
    Map<UserId, Receipt> found = new HashMap<>();
    for (Row row : tables.execute(select.bind(conversation.value(), ids))) {
      found.put(
          new UserId(Objects.requireNonNull(row.getUuid("user_id"))),
          new Receipt(
              row.getLong("delivered_seq"),
              row.getInstant("delivered_at"),
              row.getLong("read_seq"),
              row.getInstant("read_at")));
    }
    return found;
  }

  void forget(ConversationId conversation, UserId user) {
    tables.execute(delete.bind(conversation.value(), user.value()));
  }
}
