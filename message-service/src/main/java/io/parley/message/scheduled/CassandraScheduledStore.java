package io.parley.message.scheduled;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.AppendWindow;
import io.parley.message.log.SealedTexts;
import io.parley.message.scheduled.ScheduledMessage.Content;
import io.parley.message.scheduled.ScheduledMessage.Failure;
import io.parley.message.scheduled.ScheduledMessage.State;
import io.parley.message.store.CassandraTables;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code scheduled_messages_by_user}: PRIMARY KEY (user_id, scheduled_id); serves one scheduled
 * message, and a user's: places first, then the contents of a page. A row is changed by lightweight
 * transactions only, each on the version before, so of two changes at once one is made. What was
 * sent or cancelled goes a day later, when its author next schedules something.
 */
@Component
class CassandraScheduledStore {

  /** A row without its content. */
  record Place(UUID id, ConversationId conversation, State state, Instant at, Instant changedAt) {}

  private static final int AT_ONCE = 100;

  private final CassandraTables tables;
  private final SealedTexts sealed;
  private final JsonMapper json;
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement selectOne;
  private final PreparedStatement selectSome;
  private final PreparedStatement selectPlaces;
  private final PreparedStatement deleteOne;
  private final PreparedStatement deleteAll;

  CassandraScheduledStore(CassandraTables tables, SealedTexts sealed, JsonMapper json) {
    this.tables = tables;
    this.sealed = sealed;
    this.json = json;
    String columns =
        "conversation_id, version, state, at, changed_at, body, problem, epoch, after_seq,"
            + " last_seq, seq";
    this.insert =
        tables.prepareTransaction(
            "INSERT INTO scheduled_messages_by_user (user_id, scheduled_id, "
                + columns
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS");
    String one = " WHERE user_id = ? AND scheduled_id = ?";
    this.update =
        tables.prepareTransaction(
            "UPDATE scheduled_messages_by_user SET version = ?, state = ?, at = ?, changed_at = ?,"
                + " body = ?, problem = ?, epoch = ?, after_seq = ?, last_seq = ?, seq = ?"
                + one
                + " IF version = ?");
    String select = "SELECT scheduled_id, " + columns + " FROM scheduled_messages_by_user";
    this.selectOne = tables.prepare(select + one);
    this.selectSome = tables.prepare(select + " WHERE user_id = ? AND scheduled_id IN ?");
    this.selectPlaces =
        tables.prepare(
            "SELECT scheduled_id, conversation_id, state, at, changed_at"
                + " FROM scheduled_messages_by_user WHERE user_id = ?");
    this.deleteOne =
        tables.prepareTransaction(
            "DELETE FROM scheduled_messages_by_user" + one + " IF state = ? AND changed_at = ?");
    this.deleteAll = tables.prepare("DELETE FROM scheduled_messages_by_user WHERE user_id = ?");
  }

  /**
   * @return false when there is one of this id
   * @throws ProblemException 503: it may be stored or not
   */
  boolean create(ScheduledMessage message) {
    AppendWindow none = windowOf(message);
    return tables
        .execute(
            insert.bind(
                message.author().value(),
                message.id(),
                message.conversationId().value(),
                message.version(),
                message.state().name(),
                message.at(),
                message.changedAt(),
                body(message),
                problem(message),
                none.epoch(),
                none.after(),
                none.last(),
                message.seq()))
        .wasApplied();
  }

  /**
   * @param next of the same message, one version later
   * @return false when it is not as it was any more
   * @throws ProblemException 503: it may be changed or not
   */
  boolean replace(ScheduledMessage before, ScheduledMessage next) {
    AppendWindow window = windowOf(next);
    return tables
        .execute(
            update.bind(
                next.version(),
                next.state().name(),
                next.at(),
                next.changedAt(),
                body(next),
                problem(next),
                window.epoch(),
                window.after(),
                window.last(),
                next.seq(),
                next.author().value(),
                next.id(),
                before.version()))
        .wasApplied();
  }

  @Nullable ScheduledMessage find(UserId user, UUID id) {
    Row row = tables.execute(selectOne.bind(user.value(), id)).one();
    return row == null ? null : message(user, row);
  }

  /** All of a user's, in no order. */
  List<Place> places(UserId user) {
    List<Place> places = new ArrayList<>();
    for (Row row : tables.execute(selectPlaces.bind(user.value()))) {
      places.add(
          new Place(
              Objects.requireNonNull(row.getUuid("scheduled_id")),
              new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
              State.valueOf(row.getString("state")),
              Objects.requireNonNull(row.getInstant("at")),
              Objects.requireNonNull(row.getInstant("changed_at"))));
    }
    return places;
  }

  /** Those of them that are there, in no order. */
  List<ScheduledMessage> of(UserId user, Collection<UUID> ids) {
    List<UUID> wanted = List.copyOf(ids);
    List<ScheduledMessage> messages = new ArrayList<>();
    for (int from = 0; from < wanted.size(); from += AT_ONCE) {
      List<UUID> some = wanted.subList(from, Math.min(wanted.size(), from + AT_ONCE));
      for (Row row : tables.execute(selectSome.bind(user.value(), some))) {
        messages.add(message(user, row));
      }
    }
    return messages;
  }

  /** Unless it was changed since. */
  void delete(UserId user, Place place) {
    tables.execute(
        deleteOne.bind(user.value(), place.id(), place.state().name(), place.changedAt()));
  }

  /** For an erasure, when nothing is being sent. */
  void forget(UserId user) {
    tables.execute(deleteAll.bind(user.value()));
  }

  private static AppendWindow windowOf(ScheduledMessage message) {
    AppendWindow window = message.window();
    return window == null ? new AppendWindow(0, 0, 0) : window;
  }

  private ByteBuffer body(ScheduledMessage message) {
    return sealed.seal(
        message.author(),
        message.conversationId(),
        name(message.id()),
        json.writeValueAsString(message.content()));
  }

  private static String name(UUID id) {
    return "scheduled " + id;
  }

  private String problem(ScheduledMessage message) {
    Failure problem = message.problem();
    return problem == null ? "" : json.writeValueAsString(problem);
  }

  private ScheduledMessage message(UserId user, Row row) {
    UUID id = Objects.requireNonNull(row.getUuid("scheduled_id"));
    ConversationId conversation =
        new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id")));
    State state = State.valueOf(row.getString("state"));
    String problem = Objects.requireNonNull(row.getString("problem"));
    return new ScheduledMessage(
        user,
        id,
        conversation,
        row.getInt("version"),
        state,
        Objects.requireNonNull(row.getInstant("at")),
        Objects.requireNonNull(row.getInstant("changed_at")),
        json.readValue(
            sealed.open(
                user, conversation, name(id), Objects.requireNonNull(row.getByteBuffer("body"))),
            Content.class),
        problem.isEmpty() ? null : json.readValue(problem, Failure.class),
        state == State.SENDING
            ? new AppendWindow(
                row.getInt("epoch"), row.getLong("after_seq"), row.getLong("last_seq"))
            : null,
        row.getLong("seq"));
  }
}
