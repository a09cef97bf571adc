package io.parley.message.pin;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.message.store.CassandraTables;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code pins_by_conversation}: PRIMARY KEY (conversation_id); all that is pinned there, in one row
 * that is overwritten. The time of writing is the last event's seq, so that the newest state stays.
 */
@Component
class CassandraPinStore implements PinStore {

  private final CassandraTables tables;
  private final JsonMapper json;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  CassandraPinStore(CassandraTables tables, JsonMapper json) {
    this.tables = tables;
    this.json = json;
    this.insert =
        tables.prepare(
            "INSERT INTO pins_by_conversation (conversation_id, pins, seq) VALUES (?, ?, ?)"
                + " USING TIMESTAMP ?");
    this.select =
        tables.prepare("SELECT pins, seq FROM pins_by_conversation WHERE conversation_id = ?");
  }

  @Override
  public PinState read(ConversationId conversation) {
    Row row = tables.execute(select.bind(conversation.value())).one();
    return row == null
        ? PinState.NONE
        : new PinState(
            row.getLong("seq"), List.of(json.readValue(row.getString("pins"), Pin[].class)));
  }

  @Override
  public void write(ConversationId conversation, PinState state) {
    tables.execute(
        insert.bind(
            conversation.value(),
            json.writeValueAsString(state.pins()),
            state.version(),
            state.version()));
  }
}
