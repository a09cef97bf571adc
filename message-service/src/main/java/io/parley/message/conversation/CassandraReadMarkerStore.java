package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.springframework.stereotype.Component;

/**
 * {@code read_markers_by_member}: PRIMARY KEY (user_id, conversation_id); serves the inbox. Written
 * with the seq as its timestamp: of two devices, and of repeats, the one further on wins, so a
 * marker never goes back.
 */
@Component
class CassandraReadMarkerStore {

  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement selectAll;
  private final PreparedStatement select;

  CassandraReadMarkerStore(CqlSession session) {
    this.session = session;
    this.insert =
        prepare(
            "INSERT INTO read_markers_by_member (user_id, conversation_id, seq, message_count)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.selectAll =
        prepare(
            "SELECT conversation_id, seq, message_count FROM read_markers_by_member"
                + " WHERE user_id = ?");
    this.select =
        prepare(
            "SELECT seq, message_count FROM read_markers_by_member"
                + " WHERE user_id = ? AND conversation_id = ?");
  }

  private PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  private ResultSet execute(BoundStatement statement) {
    return CassandraCalls.answered(() -> session.execute(statement));
  }

  CompletionStage<?> advance(UserId user, ConversationId conversation, ReadMarker marker) {
    return session.executeAsync(
        insert.bind(
            user.value(), conversation.value(), marker.seq(), marker.messageCount(), marker.seq()));
  }

  ReadMarker find(UserId user, ConversationId conversation) {
    Row row = execute(select.bind(user.value(), conversation.value())).one();
    return row == null ? ReadMarker.NONE : marker(row);
  }

  Map<ConversationId, ReadMarker> of(UserId user) {
    Map<ConversationId, ReadMarker> markers = new HashMap<>();
    for (Row row : execute(selectAll.bind(user.value()))) {
      markers.put(
          new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))), marker(row));
    }
    return markers;
  }

  private static ReadMarker marker(Row row) {
    return new ReadMarker(row.getLong("seq"), row.getLong("message_count"));
  }
}
