package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * {@code read_markers_by_member}: PRIMARY KEY (user_id, conversation_id); serves the inbox. Written
 * with the turn and the seq as its timestamp: of two devices, and of repeats, the one further on
 * wins, so a marker never goes back unless the user wants it to, which begins a turn.
 */
@Component
class CassandraReadMarkerStore {

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement selectSome;
  private final PreparedStatement selectAllOfSome;
  private final PreparedStatement select;
  private final PreparedStatement selectMoves;

  CassandraReadMarkerStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    this.insert =
        tables.prepare(
            "INSERT INTO read_markers_by_member (user_id, conversation_id, seq, message_count,"
                + " turn, furthest, moved_at) VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    String ofUser =
        "SELECT user_id, conversation_id, seq, message_count, turn, furthest"
            + " FROM read_markers_by_member WHERE user_id";
    this.selectSome = tables.prepare(ofUser + " = ? AND conversation_id IN ?");
    this.selectAllOfSome = tables.prepare(ofUser + " IN ?");
    this.select =
        tables.prepare(
            "SELECT seq, message_count, turn, furthest FROM read_markers_by_member"
                + " WHERE user_id = ? AND conversation_id = ?");
    this.selectMoves =
        tables.prepare(
            "SELECT conversation_id, moved_at, WRITETIME(seq) AS place,"
                + " WRITETIME(moved_at) AS noted FROM read_markers_by_member WHERE user_id = ?");
  }

  void set(UserId user, ConversationId conversation, ReadMarker marker) {
    tables.execute(
        insert.bind(
            user.value(),
            conversation.value(),
            marker.seq(),
            marker.messageCount(),
            marker.turn(),
            marker.furthest(),
            clock.instant(),
            marker.place()));
  }

  ReadMarker find(UserId user, ConversationId conversation) {
    Row row = tables.execute(select.bind(user.value(), conversation.value())).one();
    return row == null ? ReadMarker.NONE : marker(row);
  }

  /** Those that there are. */
  Map<ConversationId, ReadMarker> of(UserId user, Collection<ConversationId> conversations) {
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    return markers(tables.execute(selectSome.bind(user.value(), ids)));
  }

  private static Map<ConversationId, ReadMarker> markers(Iterable<Row> rows) {
    Map<ConversationId, ReadMarker> markers = new HashMap<>();
    for (Row row : rows) {
      markers.put(
          new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))), marker(row));
    }
    return markers;
  }

  /** All that these users have, as far as they have any; in a few requests. */
  Map<UserId, Map<ConversationId, ReadMarker>> all(Collection<UserId> users) {
    Map<UserId, Map<ConversationId, ReadMarker>> all = new HashMap<>();
    for (Row row : tables.rows(selectAllOfSome, users.stream().map(UserId::value).toList())) {
      all.computeIfAbsent(
              new UserId(Objects.requireNonNull(row.getUuid("user_id"))), none -> new HashMap<>())
          .put(
              new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
              marker(row));
    }
    return all;
  }

  /**
   * Where the user has moved a marker since then. One that a node of an older version moved, which
   * does not say when, counts as well.
   */
  Set<ConversationId> movedSince(UserId user, Instant since) {
    Set<ConversationId> moved = new HashSet<>();
    for (Row row : tables.execute(selectMoves.bind(user.value()))) {
      Instant at = row.getInstant("moved_at");
      boolean isOlder = at == null || row.getLong("noted") != row.getLong("place");
      if (isOlder || !at.isBefore(since)) {
        moved.add(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))));
      }
    }
    return moved;
  }

  private static ReadMarker marker(Row row) {
    long seq = row.getLong("seq");
    return new ReadMarker(
        seq,
        row.getLong("message_count"),
        row.getInt("turn"),
        Math.max(seq, row.getLong("furthest")));
  }
}
