package io.parley.message.privacy;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.message.store.CassandraTables;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How far erasures have come.
 *
 * <p>{@code erasures}: PRIMARY KEY (erasure_id); those that are finished, with what was erased, so
 * that a repeated request is answered and not done again; written once or twice, as a map that is
 * written whole leaves a tombstone in its row. {@code erased_conversations_by_erasure}: PRIMARY KEY
 * (erasure_id, conversation_id); where an erasure goes on after its process died; rows expire after
 * 30 days.
 */
@Component
class CassandraErasureStore {

  private final CassandraTables tables;
  private final PreparedStatement insertFinished;
  private final PreparedStatement selectFinished;
  private final PreparedStatement insertErased;
  private final PreparedStatement selectErased;

  CassandraErasureStore(CassandraTables tables) {
    this.tables = tables;
    this.insertFinished =
        tables.prepare("INSERT INTO erasures (erasure_id, finished_at, counts) VALUES (?, ?, ?)");
    this.selectFinished = tables.prepare("SELECT counts FROM erasures WHERE erasure_id = ?");
    this.insertErased =
        tables.prepare(
            "INSERT INTO erased_conversations_by_erasure (erasure_id, conversation_id, messages)"
                + " VALUES (?, ?, ?)");
    this.selectErased =
        tables.prepare(
            "SELECT conversation_id, messages FROM erased_conversations_by_erasure"
                + " WHERE erasure_id = ?");
  }

  /** What it erased; null while it is not finished. */
  @Nullable Map<String, Long> finished(UUID erasure) {
    Row row = tables.execute(selectFinished.bind(erasure)).one();
    return row == null ? null : row.getMap("counts", String.class, Long.class);
  }

  void finish(UUID erasure, Instant at, Map<String, Long> counts) {
    tables.execute(insertFinished.bind(erasure, at, counts));
  }

  /**
   * @param messages how many were removed
   */
  void erased(UUID erasure, ConversationId conversation, long messages) {
    tables.execute(insertErased.bind(erasure, conversation.value(), messages));
  }

  /** The conversations that are done, and how many messages were removed in each. */
  Map<ConversationId, Long> erased(UUID erasure) {
    Map<ConversationId, Long> erased = new HashMap<>();
    for (Row row : tables.execute(selectErased.bind(erasure))) {
      erased.put(
          new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
          row.getLong("messages"));
    }
    return erased;
  }
}
