package io.parley.message.privacy;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.store.CassandraTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * The rows that are about one user: where they are or were, and how far they have read.
 *
 * <p>Here, and only here, what is read for clients is deleted, and leaves tombstones: with the
 * present time, which is beyond every version that the memberships and markers are written with, so
 * that no event that comes late brings them back.
 */
@Component
class CassandraPersonStore {

  private final CassandraTables tables;
  private final PreparedStatement selectPlaces;
  private final PreparedStatement countMarkers;
  private final PreparedStatement deleteMember;
  private final PreparedStatement deletePlaces;
  private final PreparedStatement deleteMarkers;

  CassandraPersonStore(CassandraTables tables) {
    this.tables = tables;
    this.selectPlaces =
        tables.prepare(
            "SELECT conversation_id, kind, other_user_id, active FROM conversations_by_member"
                + " WHERE user_id = ?");
    this.countMarkers =
        tables.prepare("SELECT COUNT(*) FROM read_markers_by_member WHERE user_id = ?");
    this.deleteMember =
        tables.prepare(
            "DELETE FROM members_by_conversation WHERE conversation_id = ? AND user_id = ?");
    this.deletePlaces = tables.prepare("DELETE FROM conversations_by_member WHERE user_id = ?");
    this.deleteMarkers = tables.prepare("DELETE FROM read_markers_by_member WHERE user_id = ?");
  }

  /** Also where they are no longer: what they wrote there is still theirs. */
  List<Place> places(UserId user) {
    List<Place> places = new ArrayList<>();
    for (Row row : tables.execute(selectPlaces.bind(user.value()))) {
      if (row.isNull("kind")) {
        continue;
      }
      Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
      places.add(
          new Place(
              new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
              kind,
              kind == Conversation.Kind.GROUP
                  ? null
                  : new UserId(Objects.requireNonNull(row.getUuid("other_user_id"))),
              row.getBoolean("active")));
    }
    return places;
  }

  void forgetMember(ConversationId conversation, UserId user) {
    tables.execute(deleteMember.bind(conversation.value(), user.value()));
  }

  void forgetPlaces(UserId user) {
    tables.execute(deletePlaces.bind(user.value()));
  }

  /** Returns how many there were. */
  long forgetMarkers(UserId user) {
    Row row = Objects.requireNonNull(tables.execute(countMarkers.bind(user.value())).one());
    tables.execute(deleteMarkers.bind(user.value()));
    return row.getLong(0);
  }
}
