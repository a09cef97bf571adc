package io.parley.message.drafts;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.SealedTexts;
import io.parley.message.store.CassandraTables;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code drafts_by_member}: PRIMARY KEY (user_id, conversation_id); serves one draft, and a user's
 * drafts. The row's time of writing is when it was stored: of two devices the later one stays. One
 * that is cleared is overwritten with nothing.
 */
@Component
class CassandraDraftStore {

  /** What is encrypted. */
  private record Content(String text, @Nullable Long replyTo) {}

  private static final String NAME = "draft";
  private static final ByteBuffer CLEARED = ByteBuffer.allocate(0).asReadOnlyBuffer();
  private static final UUID BEFORE_ALL = new UUID(0, 0);

  private final CassandraTables tables;
  private final SealedTexts sealed;
  private final JsonMapper json;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement selectAfter;
  private final PreparedStatement delete;

  CassandraDraftStore(CassandraTables tables, SealedTexts sealed, JsonMapper json) {
    this.tables = tables;
    this.sealed = sealed;
    this.json = json;
    this.insert =
        tables.prepare(
            "INSERT INTO drafts_by_member (user_id, conversation_id, body) VALUES (?, ?, ?)"
                + " USING TIMESTAMP ?");
    String columns = "SELECT conversation_id, body, WRITETIME(body) AS written";
    this.select =
        tables.prepare(
            columns + " FROM drafts_by_member WHERE user_id = ? AND conversation_id = ?");
    this.selectAfter =
        tables.prepare(
            columns + " FROM drafts_by_member WHERE user_id = ? AND conversation_id > ? LIMIT ?");
    this.delete = tables.prepare("DELETE FROM drafts_by_member WHERE user_id = ?");
  }

  /** Unless a later one is there. */
  void put(UserId user, Draft draft) {
    ByteBuffer body =
        draft.isNone()
            ? CLEARED
            : sealed.seal(
                user,
                draft.conversationId(),
                NAME,
                json.writeValueAsString(new Content(draft.text(), draft.replyTo())));
    tables.execute(
        insert.bind(
            user.value(),
            draft.conversationId().value(),
            body,
            ChronoUnit.MICROS.between(Instant.EPOCH, Objects.requireNonNull(draft.at()))));
  }

  Draft find(UserId user, ConversationId conversation) {
    Row row = tables.execute(select.bind(user.value(), conversation.value())).one();
    return row == null ? Draft.none(conversation, null) : draft(user, row);
  }

  /**
   * The rows of conversations behind this one, cleared ones too.
   *
   * @param after null: from the first on
   */
  List<Draft> page(UserId user, @Nullable ConversationId after, int limit) {
    List<Draft> page = new ArrayList<>();
    UUID start = after == null ? BEFORE_ALL : after.value();
    for (Row row : tables.execute(selectAfter.bind(user.value(), start, limit))) {
      page.add(draft(user, row));
    }
    return page;
  }

  private Draft draft(UserId user, Row row) {
    ConversationId conversation =
        new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id")));
    Instant at = Instant.EPOCH.plus(row.getLong("written"), ChronoUnit.MICROS);
    ByteBuffer body = Objects.requireNonNull(row.getByteBuffer("body"));
    if (!body.hasRemaining()) {
      return Draft.none(conversation, at);
    }
    Content content = json.readValue(sealed.open(user, conversation, NAME, body), Content.class);
    return new Draft(conversation, content.text(), content.replyTo(), at);
  }

  void forget(UserId user) {
    tables.execute(delete.bind(user.value()));
  }
}
