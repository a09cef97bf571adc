package io.parley.message.blocks;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * {@code blocks_by_conversation}: PRIMARY KEY (conversation_id, blocker_id); serves the opening of
 * a direct conversation: at most two rows, one for each direction. Written with the block's version
 * as its timestamp, so the newest version wins in whatever order and however often changes arrive;
 * nothing is deleted, only set inactive. The whole table is read only when all blocks are compared
 * with user-service.
 *
 * <p>{@code block_rebuilds}: PRIMARY KEY (name); serves the start of a node. {@code done}: all
 * blocks were read from user-service once, so that events are enough from then on; {@code running}:
 * a node is at it, gone after {@value #RUNNING_SECONDS} seconds if it dies, and written by
 * lightweight transactions only.
 */
@Component
class CassandraBlockStore {

  private static final int RUNNING_SECONDS = 300;

  private final CassandraTables tables;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement selectSome;
  private final PreparedStatement selectAll;
  private final PreparedStatement selectRebuilt;
  private final PreparedStatement noteRebuilt;
  private final PreparedStatement beginRebuild;
  private final PreparedStatement endRebuild;

  CassandraBlockStore(CassandraTables tables) {
    this.tables = tables;
    this.insert =
        tables.prepare(
            "INSERT INTO blocks_by_conversation (conversation_id, blocker_id, blocked_id, active)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.selectAll =
        tables.prepare(
            "SELECT blocker_id, blocked_id, active, writetime(active) AS version"
                + " FROM blocks_by_conversation");
    this.selectRebuilt = tables.prepare("SELECT name FROM block_rebuilds WHERE name = 'done'");
    this.noteRebuilt = tables.prepare("INSERT INTO block_rebuilds (name) VALUES ('done')");
    this.beginRebuild =
        tables.prepareTransaction(
            "INSERT INTO block_rebuilds (name, node) VALUES ('running', ?) IF NOT EXISTS USING TTL "
                + RUNNING_SECONDS);
    this.endRebuild =
        tables.prepareTransaction("DELETE FROM block_rebuilds WHERE name = 'running' IF node = ?");
    this.select =
        tables.prepare("SELECT active FROM blocks_by_conversation WHERE conversation_id = ?");
    this.selectSome =
        tables.prepare(
            "SELECT conversation_id, active FROM blocks_by_conversation"
                + " WHERE conversation_id IN ?");
  }

  /**
   * @param version at least 1
   */
  void put(
      ConversationId conversation, UserId blocker, UserId blocked, boolean active, long version) {
    tables.execute(
        insert.bind(conversation.value(), blocker.value(), blocked.value(), active, version));
  }

  /** A row as it stands. */
  record Stored(UserId blocker, UserId blocked, long version) {}

  void forEachActive(Consumer<Stored> reader) {
    for (Row row : tables.execute(selectAll.bind())) {
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
    for (Row row : tables.execute(select.bind(conversation.value()))) {
      if (row.getBoolean("active")) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #isBlocked(ConversationId)}, of each; in a few requests. */
  Map<ConversationId, Boolean> areBlocked(Collection<ConversationId> conversations) {
    Map<ConversationId, Boolean> blocked = new HashMap<>();
    conversations.forEach(id -> blocked.put(id, false));
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    for (Row row : tables.rows(selectSome, ids)) {
      if (row.getBoolean("active")) {
        UUID id = Objects.requireNonNull(row.getUuid("conversation_id"));
        blocked.put(new ConversationId(id), true);
      }
    }
    return blocked;
  }

  /** Whether all blocks were read from user-service since the keyspace was made. */
  boolean isRebuilt() {
    return tables.execute(selectRebuilt.bind()).one() != null;
  }

  void noteRebuilt() {
    tables.execute(noteRebuilt.bind());
  }

  /** Whether this node is to read them; false while another one does. */
  boolean beginRebuild(UUID node) {
    return tables.execute(beginRebuild.bind(node)).wasApplied();
  }

  void endRebuild(UUID node) {
    tables.execute(endRebuild.bind(node));
  }
}
