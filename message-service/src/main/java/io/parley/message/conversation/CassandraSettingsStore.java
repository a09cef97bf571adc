package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code settings_by_member}: PRIMARY KEY (user_id, conversation_id); serves the inbox. Each column
 * is written by itself, so that two devices that change different ones lose nothing; of the same
 * one the later write stays. Rows are never deleted but by an erasure. {@code hidden_to} is written
 * by the package {@code hidden}.
 */
@Component
public class CassandraSettingsStore {

  /**
   * Null in any of them: stays as it is.
   *
   * @param mutedUntil {@link Instant#EPOCH}: not muted
   */
  public record Change(
      @Nullable Instant mutedUntil,
      @Nullable Long archivedSeq,
      @Nullable Boolean pinned,
      @Nullable Integer order,
      @Nullable Long unreadPlace) {}

  /** Of each column's time of writing in microseconds, so that their sum has room in a double. */
  private static final long SINCE_2026 = 1_767_225_600_000_000L;

  /** Behind the conversation's id and when something was hidden. */
  private static final int FIRST_TIME = 2;

  private static final List<String> COLUMNS =
      List.of("muted_until", "archived_seq", "pinned", "pin_order", "unread_place");

  private final CassandraTables tables;
  private final Map<String, PreparedStatement> inserts = new HashMap<>();
  private final PreparedStatement selectSome;
  private final PreparedStatement selectAll;
  private final PreparedStatement selectAllOfSome;
  private final PreparedStatement selectTimes;
  private final PreparedStatement delete;

  CassandraSettingsStore(CassandraTables tables) {
    this.tables = tables;
    StringBuilder columns = new StringBuilder("user_id, conversation_id, hidden_to");
    for (String column : COLUMNS) {
      columns.append(", ").append(column);
      columns.append(", WRITETIME(").append(column).append(") AS ").append(written(column));
      inserts.put(
          column,
          tables.prepare(
              "INSERT INTO settings_by_member (user_id, conversation_id, "
                  + column
                  + ") VALUES (?, ?, ?)"));
    }
    String select = "SELECT " + columns + " FROM settings_by_member WHERE user_id";
    this.selectSome = tables.prepare(select + " = ? AND conversation_id IN ?");
    this.selectAll = tables.prepare(select + " = ?");
    this.selectAllOfSome = tables.prepare(select + " IN ?");
    StringBuilder times = new StringBuilder("conversation_id, hidden_at");
    COLUMNS.forEach(column -> times.append(", WRITETIME(").append(column).append(')'));
    this.selectTimes =
        tables.prepare("SELECT " + times + " FROM settings_by_member WHERE user_id = ?");
    this.delete = tables.prepare("DELETE FROM settings_by_member WHERE user_id = ?");
  }

  private static String written(String column) {
    return column + "_written";
  }

  /** All of it is seen at once. */
  public void change(UserId user, ConversationId conversation, Change change) {
    List<BoundStatement> writes = new ArrayList<>();
    add(writes, user, conversation, "muted_until", change.mutedUntil());
    add(writes, user, conversation, "archived_seq", change.archivedSeq());
    add(writes, user, conversation, "pinned", change.pinned());
    add(writes, user, conversation, "pin_order", change.order());
    add(writes, user, conversation, "unread_place", change.unreadPlace());
    if (!writes.isEmpty()) {
      tables.execute(
          BatchStatement.newInstance(BatchType.UNLOGGED, List.copyOf(writes)).setIdempotent(true));
    }
  }

  private void add(
      List<BoundStatement> writes,
      UserId user,
      ConversationId conversation,
      String column,
      @Nullable Object value) {
    if (value != null) {
      writes.add(
          Objects.requireNonNull(inserts.get(column))
              .bind(user.value(), conversation.value(), value));
    }
  }

  public MemberSettings find(UserId user, ConversationId conversation) {
    return of(user, List.of(conversation)).getOrDefault(conversation, MemberSettings.NONE);
  }

  /** Of those conversations for which anything was ever set. */
  public Map<ConversationId, MemberSettings> of(
      UserId user, Collection<ConversationId> conversations) {
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    return settings(tables.execute(selectSome.bind(user.value(), ids)));
  }

  /** Everything that this user has set. */
  public Map<ConversationId, MemberSettings> all(UserId user) {
    return settings(tables.execute(selectAll.bind(user.value())));
  }

  /** Everything that these users have set, as far as they have; in a few requests. */
  public Map<UserId, Map<ConversationId, MemberSettings>> all(Collection<UserId> users) {
    Map<UserId, Map<ConversationId, MemberSettings>> all = new HashMap<>();
    for (Row row : tables.rows(selectAllOfSome, users.stream().map(UserId::value).toList())) {
      all.computeIfAbsent(
              new UserId(Objects.requireNonNull(row.getUuid("user_id"))), none -> new HashMap<>())
          .put(
              new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
              settings(row));
    }
    return all;
  }

  /** Where the user has set or hidden anything since then. */
  public Set<ConversationId> changedSince(UserId user, Instant since) {
    long sinceMicros = since.toEpochMilli() * 1000;
    Set<ConversationId> changed = new HashSet<>();
    for (Row row : tables.execute(selectTimes.bind(user.value()))) {
      Instant hiddenAt = row.getInstant("hidden_at");
      boolean isChanged = hiddenAt != null && !hiddenAt.isBefore(since);
      for (int i = 0; i < COLUMNS.size(); i++) {
        isChanged |= row.getLong(FIRST_TIME + i) >= sinceMicros;
      }
      if (isChanged) {
        changed.add(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))));
      }
    }
    return changed;
  }

  private static Map<ConversationId, MemberSettings> settings(Iterable<Row> rows) {
    Map<ConversationId, MemberSettings> settings = new HashMap<>();
    for (Row row : rows) {
      settings.put(
          new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
          settings(row));
    }
    return settings;
  }

  private static MemberSettings settings(Row row) {
    long version = 0;
    for (String column : COLUMNS) {
      version += row.isNull(column) ? 0 : row.getLong(written(column)) - SINCE_2026;
    }
    Instant muted = row.getInstant("muted_until");
    return new MemberSettings(
        muted == null || muted.equals(Instant.EPOCH) ? null : muted,
        row.isNull("archived_seq") ? MemberSettings.NOT : row.getLong("archived_seq"),
        row.getBoolean("pinned"),
        row.isNull("pin_order") ? MemberSettings.NOT : row.getInt("pin_order"),
        row.isNull("unread_place") ? MemberSettings.NOT : row.getLong("unread_place"),
        row.getLong("hidden_to"),
        version);
  }

  /** For an erasure. */
  public void forget(UserId user) {
    tables.execute(delete.bind(user.value()));
  }
}
