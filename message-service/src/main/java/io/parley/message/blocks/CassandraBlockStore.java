package io.parley.message.blocks;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * {@code blocks_by_conversation}: PRIMARY KEY (conversation_id, blocker_id); serves the opening of
 * a direct conversation: at most two rows, one for each direction. Written with the block's version
 * as its timestamp, so the newest version wins in whatever order and however often changes arrive;
 * nothing is deleted, only set inactive. The whole table is read only when all blocks are compared
 * with user-service.
 */
@Component
class CassandraBlockStore {

  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement selectAll;

  CassandraBlockStore(CqlSession session) {
    this.session = session;
    this.insert =
        prepare(
            "INSERT INTO blocks_by_conversation (conversation_id, blocker_id, blocked_id, active)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.selectAll =
        prepare(
            "SELECT blocker_id, blocked_id, active, writetime(active) AS version"
                + " FROM blocks_by_conversation");
    this.select = prepare("SELECT active FROM blocks_by_conversation WHERE conversation_id = ?");
  }

  private PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  private ResultSet execute(BoundStatement statement) {
    return CassandraCalls.answered(() -> session.execute(statement));
  }

  /**
   * @param version at least 1
   */
  void put(
      ConversationId conversation, UserId blocker, UserId blocked, boolean active, long version) {
    execute(insert.bind(conversation.value(), blocker.value(), blocked.value(), active, version));
  }

  /** A row as it stands. */
  record Stored(UserId blocker, UserId blocked, long version) {}

  void forEachActive(Consumer<Stored> reader) {
    for (Row row : execute(selectAll.bind())) {
      if (row.getBoolean("active")) {
        reader.accept(
            new Stored(
                new UserId(Objects.requireNonNull(row.getUuid("blocker_id"))),
                new UserId(Objects.requireNonNull(row.getUuid("blocked_id"))),
                row.getLong("version")));
      }
    }
  }

  /** Whether either of the two has blocked the other. */
  boolean isBlocked(ConversationId conversation) {
    for (Row row : execute(select.bind(conversation.value()))) {
      if (row.getBoolean("active")) {
        return true;
      }
    }
    return false;
  }
}
