package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.message.store.CassandraTables;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The projection of conversations; who is in them is in {@link CassandraMemberStore}.
 *
 * <ul>
 *   <li>{@code conversations}: PRIMARY KEY (conversation_id); kind, name, rules, and in {@code
 *       version} up to which version of the group everything is here
 *   <li>{@code groups_by_shard}: PRIMARY KEY (shard, conversation_id); which groups are known, for
 *       the reconciliation
 * </ul>
 *
 * <p>Every write carries the group's version as its timestamp, so the newest version wins in
 * whatever order and however often changes arrive.
 */
@Component
public class CassandraConversationStore {

  /**
   * A conversation as it stands here.
   *
   * @param live false when it was found to be no more
   * @param settled up to this version everything is here; 0 when no event of it was applied yet
   * @param newest the highest version of which something is here
   */
  public record StoredConversation(
      Conversation conversation, boolean live, long settled, long newest) {}

  private static final int SHARDS = 64;

  private final CassandraTables tables;
  private final JsonMapper json;
  private final PreparedStatement insert;
  private final PreparedStatement insertVersion;
  private final PreparedStatement select;
  private final PreparedStatement insertGroup;
  private final PreparedStatement selectGroups;

  CassandraConversationStore(CassandraTables tables, JsonMapper json) {
    this.tables = tables;
    this.json = json;
    this.insert =
        tables.prepare(
            "INSERT INTO conversations (conversation_id, kind, name, policy, archived, live)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertVersion =
        tables.prepare(
            "INSERT INTO conversations (conversation_id, version) VALUES (?, ?) USING TIMESTAMP ?");
    this.select =
        tables.prepare(
            "SELECT kind, name, policy, archived, live, version, WRITETIME(name) AS written"
                + " FROM conversations WHERE conversation_id = ?");
    this.insertGroup =
        tables.prepare(
            "INSERT INTO groups_by_shard (shard, conversation_id, live) VALUES (?, ?, ?)"
                + " USING TIMESTAMP ?");
    this.selectGroups =
        tables.prepare("SELECT conversation_id, live FROM groups_by_shard WHERE shard = ?");
  }

  /**
   * @param version at least 1
   * @param live false: group-service no longer knows this group
   */
  public void put(Conversation conversation, long version, boolean live) {
    CassandraTables.answer(write(conversation, version, live, true));
  }

  /**
   * Begins what {@link #put} does.
   *
   * @param list whether to write it into the list of groups, too: false where it is known to be
   *     there
   * @return completes with {@link CassandraTables}' exceptions
   */
  public CompletableFuture<Void> write(
      Conversation conversation, long version, boolean live, boolean list) {
    UUID id = conversation.id().value();
    CompletableFuture<?> row =
        tables.start(
            insert.bind(
                id,
                conversation.kind().name(),
                conversation.name() == null ? "" : conversation.name(),
                json.writeValueAsString(conversation.policy()),
                conversation.archived(),
                live,
                version));
    if (!list || conversation.kind() != Conversation.Kind.GROUP) {
      return CompletableFuture.allOf(row);
    }
    return CompletableFuture.allOf(
        row,
        tables.start(insertGroup.bind(Math.floorMod(id.hashCode(), SHARDS), id, live, version)));
  }

  /** Everything up to this version is here and in the log. */
  public void settle(ConversationId id, long version) {
    tables.execute(insertVersion.bind(id.value(), version, version));
  }

  /** Those that are known here; all at once. */
  Map<ConversationId, Conversation> find(Collection<ConversationId> ids) {
    Map<ConversationId, CompletableFuture<AsyncResultSet>> started = new HashMap<>();
    ids.forEach(id -> started.computeIfAbsent(id, key -> tables.start(select.bind(key.value()))));
    Map<ConversationId, Conversation> found = new HashMap<>();
    started.forEach(
        (id, rows) -> {
          Row row = CassandraTables.answer(rows).one();
          if (row != null && !row.isNull("kind")) {
            found.put(id, stored(id, row).conversation());
          }
        });
    return found;
  }

  @Nullable Conversation find(ConversationId id) {
    StoredConversation stored = stored(id);
    return stored == null ? null : stored.conversation();
  }

  public @Nullable StoredConversation stored(ConversationId id) {
    Row row = tables.execute(select.bind(id.value())).one();
    return row == null || row.isNull("kind") ? null : stored(id, row);
  }

  private StoredConversation stored(ConversationId id, Row row) {
    Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
    String policy = row.getString("policy");
    Conversation conversation =
        new Conversation(
            id,
            kind,
            kind == Conversation.Kind.DIRECT ? null : row.getString("name"),
            policy == null ? GroupPolicy.USUAL : json.readValue(policy, GroupPolicy.class),
            row.getBoolean("archived"));
    boolean live = row.isNull("live") || row.getBoolean("live");
    return new StoredConversation(
        conversation, live, row.getLong("version"), row.getLong("written"));
  }

  /** Those of the conversations that stand here. */
  public List<StoredConversation> stored(Collection<ConversationId> ids) {
    Map<ConversationId, CompletableFuture<AsyncResultSet>> reads = new HashMap<>();
    for (ConversationId id : ids) {
      reads.put(id, tables.start(select.bind(id.value())));
    }
    List<StoredConversation> found = new ArrayList<>();
    reads.forEach(
        (id, read) -> {
          Row row = CassandraTables.answer(read).one();
          if (row != null && !row.isNull("kind")) {
            found.add(stored(id, row));
          }
        });
    return found;
  }

  /** The groups that stand here and were not found to be no more. */
  public List<ConversationId> liveGroups() {
    List<ConversationId> groups = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      for (Row row : tables.execute(selectGroups.bind(shard))) {
        if (row.getBoolean("live")) {
          groups.add(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))));
        }
      }
    }
    return groups;
  }
}
