package io.parley.message.hidden;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * {@code hidden_messages_by_member}: PRIMARY KEY ((user_id, conversation_id, stretch), seq), a
 * stretch being {@value #STRETCH} seqs; serves "which of these messages has this user hidden". Of
 * {@code settings_by_member} the column {@code hidden_to} is written here: the highest seq that is
 * hidden, with itself as its timestamp, so that the highest one stays; and {@code hidden_at}, when
 * anything was hidden last. Nothing is ever shown again, so no row goes but by an erasure.
 */
@Component
class CassandraHiddenStore {

  private static final long STRETCH = 100_000;

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement insertEnd;
  private final PreparedStatement insertTime;
  private final PreparedStatement selectEnds;
  private final PreparedStatement select;
  private final PreparedStatement selectSome;
  private final PreparedStatement delete;

  CassandraHiddenStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    this.insert =
        tables.prepare(
            "INSERT INTO hidden_messages_by_member (user_id, conversation_id, stretch, seq)"
                + " VALUES (?, ?, ?, ?)");
    this.insertEnd =
        tables.prepare(
            "INSERT INTO settings_by_member (user_id, conversation_id, hidden_to)"
                + " VALUES (?, ?, ?) USING TIMESTAMP ?");
    this.insertTime =
        tables.prepare(
            "INSERT INTO settings_by_member (user_id, conversation_id, hidden_at)"
                + " VALUES (?, ?, ?)");
    this.selectEnds =
        tables.prepare(
            "SELECT conversation_id, hidden_to FROM settings_by_member WHERE user_id = ?");
    String ofStretch =
        "SELECT seq FROM hidden_messages_by_member"
            + " WHERE user_id = ? AND conversation_id = ? AND stretch = ?";
    this.select = tables.prepare(ofStretch + " AND seq >= ? AND seq <= ?");
    this.selectSome = tables.prepare(ofStretch + " AND seq IN ?");
    this.delete =
        tables.prepare(
            "DELETE FROM hidden_messages_by_member"
                + " WHERE user_id = ? AND conversation_id = ? AND stretch = ?");
  }

  /** First the row, then what leads to it. */
  void hide(UserId user, ConversationId conversation, long seq) {
    tables.execute(insert.bind(user.value(), conversation.value(), seq / STRETCH, seq));
    UUID owner = user.value();
    UUID id = conversation.value();
    tables.execute(
        BatchStatement.newInstance(
                BatchType.UNLOGGED,
                insertEnd.bind(owner, id, seq, seq),
                insertTime.bind(owner, id, clock.instant()))
            .setIdempotent(true));
  }

  /** The highest hidden seq in each conversation in which the user has hidden any. */
  Map<ConversationId, Long> ends(UserId user) {
    Map<ConversationId, Long> ends = new HashMap<>();
    for (Row row : tables.execute(selectEnds.bind(user.value()))) {
      long end = row.getLong("hidden_to");
      if (end > 0) {
        ends.put(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))), end);
      }
    }
    return ends;
  }

  /** The hidden seqs with {@code from <= seq <= to}, ascending. */
  List<Long> between(UserId user, ConversationId conversation, long from, long to) {
    List<Long> seqs = new ArrayList<>();
    for (long stretch = from / STRETCH; stretch <= to / STRETCH; stretch++) {
      for (Row row :
          tables.execute(select.bind(user.value(), conversation.value(), stretch, from, to))) {
        seqs.add(row.getLong("seq"));
      }
    }
    return seqs;
  }

  /**
   * @param seqs no more than a page of them
   * @return those that are hidden
   */
  List<Long> among(UserId user, ConversationId conversation, List<Long> seqs) {
    Map<Long, List<Long>> byStretch =
        seqs.stream().collect(Collectors.groupingBy(seq -> seq / STRETCH));
    List<Long> hidden = new ArrayList<>();
    byStretch.forEach(
        (stretch, some) -> {
          for (Row row :
              tables.execute(selectSome.bind(user.value(), conversation.value(), stretch, some))) {
            hidden.add(row.getLong("seq"));
          }
        });
    return hidden;
  }

  void forget(UserId user, ConversationId conversation, long end) {
    for (long stretch = 0; stretch <= end / STRETCH; stretch++) {
      tables.execute(delete.bind(user.value(), conversation.value(), stretch));
    }
  }
}
