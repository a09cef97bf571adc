package io.parley.message.saved;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.MessagePlace;
import io.parley.message.log.SealedTexts;
import io.parley.message.store.CassandraTables;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code saved_messages_by_user}: PRIMARY KEY (user_id, conversation_id, seq); serves the list of a
 * user's saved messages: all places, in order of saving once they are here (there are at most
 * {@code parley.saved.max}), then the notes of a page. Each write is of the whole row; one that is
 * not saved any more is overwritten as such, and expires.
 */
@Component
class CassandraSavedStore {

  private static final int FOR_EVER = 0;
  private static final int FORMER_SECONDS = Math.toIntExact(Duration.ofDays(30).toSeconds());
  private static final ByteBuffer NO_NOTE = ByteBuffer.allocate(0).asReadOnlyBuffer();
  private static final TupleType KEY = DataTypes.tupleOf(DataTypes.UUID, DataTypes.BIGINT);
  private static final int AT_ONCE = 100;

  private final CassandraTables tables;
  private final SealedTexts sealed;
  private final PreparedStatement insert;
  private final PreparedStatement selectOne;
  private final PreparedStatement selectPlaces;
  private final PreparedStatement selectSome;
  private final PreparedStatement delete;

  CassandraSavedStore(CassandraTables tables, SealedTexts sealed) {
    this.tables = tables;
    this.sealed = sealed;
    this.insert =
        tables.prepare(
            "INSERT INTO saved_messages_by_user"
                + " (user_id, conversation_id, seq, saved_at, note, active)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TTL ?");
    String select = "SELECT conversation_id, seq, saved_at, active";
    String ofUser = " FROM saved_messages_by_user WHERE user_id = ?";
    this.selectPlaces = tables.prepare(select + ofUser);
    this.selectOne =
        tables.prepare(select + ", note" + ofUser + " AND conversation_id = ? AND seq = ?");
    this.selectSome =
        tables.prepare(select + ", note" + ofUser + " AND (conversation_id, seq) IN ?");
    this.delete = tables.prepare("DELETE FROM saved_messages_by_user WHERE user_id = ?");
  }

  void save(UserId user, SavedMessage saved) {
    String note = saved.note();
    ByteBuffer sealedNote =
        note == null
            ? NO_NOTE
            : sealed.seal(user, saved.conversationId(), noteOf(saved.seq()), note);
    tables.execute(write(user, saved, sealedNote, true));
  }

  void remove(UserId user, SavedMessage saved) {
    tables.execute(write(user, saved, NO_NOTE, false));
  }

  private BoundStatement write(UserId user, SavedMessage saved, ByteBuffer note, boolean active) {
    return insert.bind(
        user.value(),
        saved.conversationId().value(),
        saved.seq(),
        saved.savedAt(),
        note,
        active,
        active ? FOR_EVER : FORMER_SECONDS);
  }

  private static String noteOf(long seq) {
    return "note " + seq;
  }

  /** Null when it is not saved. */
  @Nullable SavedMessage find(UserId user, ConversationId conversation, long seq) {
    Row row = tables.execute(selectOne.bind(user.value(), conversation.value(), seq)).one();
    return row == null || !row.getBoolean("active") ? null : saved(user, row);
  }

  /** Of all that are saved, in no order. */
  List<MessagePlace> places(UserId user) {
    List<MessagePlace> places = new ArrayList<>();
    for (Row row : tables.execute(selectPlaces.bind(user.value()))) {
      if (row.getBoolean("active")) {
        places.add(place(row));
      }
    }
    return places;
  }

  /** Those of them that are saved, in no order. */
  List<SavedMessage> of(UserId user, List<MessagePlace> places) {
    List<SavedMessage> all = new ArrayList<>();
    for (int from = 0; from < places.size(); from += AT_ONCE) {
      Collection<TupleValue> keys = new ArrayList<>();
      for (MessagePlace place : places.subList(from, Math.min(places.size(), from + AT_ONCE))) {
        keys.add(KEY.newValue(place.conversation().value(), place.seq()));
      }
      for (Row row : tables.execute(selectSome.bind(user.value(), keys))) {
        if (row.getBoolean("active")) {
          all.add(saved(user, row));
        }
      }
    }
    return all;
  }

  private static MessagePlace place(Row row) {
    return new MessagePlace(
        Objects.requireNonNull(row.getInstant("saved_at")),
        new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
        row.getLong("seq"));
  }

  private SavedMessage saved(UserId user, Row row) {
    MessagePlace place = place(row);
    ByteBuffer note = row.getByteBuffer("note");
    return new SavedMessage(
        place.conversation(),
        place.seq(),
        place.at(),
        note == null || !note.hasRemaining()
            ? null
            : sealed.open(user, place.conversation(), noteOf(place.seq()), note));
  }

  void forget(UserId user) {
    tables.execute(delete.bind(user.value()));
  }
}
