package io.parley.message.deletion;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * {@code deletions_by_conversation}: PRIMARY KEY ((conversation_id, stretch), target_seq), a
 * stretch being {@value #STRETCH} seqs. Serves "is this message to be deleted, and by whom", "how
 * many were deleted behind this seq" and "which of these were deleted". A decision is written by a
 * lightweight transaction: of two who delete a message at once one is the first, and whoever
 * completes it does the same.
 */
@Component
class CassandraDeletionStore implements DeletionStore {

  private static final long STRETCH = 100_000;
  private static final int AT_ONCE = 500;

  private final CassandraTables tables;
  private final PreparedStatement decide;
  private final PreparedStatement select;
  private final PreparedStatement complete;
  private final PreparedStatement count;
  private final PreparedStatement selectSome;

  CassandraDeletionStore(CassandraTables tables) {
    this.tables = tables;
    this.decide =
        tables.prepareTransaction(
            "INSERT INTO deletions_by_conversation"
                + " (conversation_id, stretch, target_seq, deleted_by, at, after_seq)"
                + " VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS");
    this.select =
        tables.prepare(
            "SELECT deleted_by, at, after_seq, event_seq FROM deletions_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND target_seq = ?");
    // The transaction never touches this column.
    this.complete =
        tables.prepare(
            "UPDATE deletions_by_conversation SET event_seq = ?"
                + " WHERE conversation_id = ? AND stretch = ? AND target_seq = ?");
    this.count =
        tables.prepare(
            "SELECT COUNT(*) FROM deletions_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND target_seq > ?");
    this.selectSome =
        tables.prepare(
            "SELECT target_seq FROM deletions_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND target_seq IN ?");
  }

  private Row one(BoundStatement statement) {
    return Objects.requireNonNull(tables.execute(statement).one(), "no such deletion");
  }

  @Override
  public Deletion decide(Deletion wanted) {
    boolean first =
        tables
            .execute(
                decide.bind(
                    wanted.conversation().value(),
                    wanted.target() / STRETCH,
                    wanted.target(),
                    wanted.by().value(),
                    wanted.at(),
                    wanted.after()))
            .wasApplied();
    if (first) {
      return wanted;
    }
    Row row =
        one(select.bind(wanted.conversation().value(), wanted.target() / STRETCH, wanted.target()));
    return new Deletion(
        wanted.conversation(),
        wanted.target(),
        new UserId(Objects.requireNonNull(row.getUuid("deleted_by"))),
        Objects.requireNonNull(row.getInstant("at")),
        row.getLong("after_seq"),
        row.getLong("event_seq"));
  }

  @Override
  public void completed(Deletion deletion, long eventSeq) {
    tables.execute(
        complete.bind(
            eventSeq,
            deletion.conversation().value(),
            deletion.target() / STRETCH,
            deletion.target()));
  }

  @Override
  public long countAfter(ConversationId conversation, long seq, long head) {
    long deleted = 0;
    for (long stretch = seq / STRETCH; stretch <= head / STRETCH; stretch++) {
      deleted += one(count.bind(conversation.value(), stretch, seq)).getLong(0);
    }
    return deleted;
  }

  @Override
  public Set<Long> among(ConversationId conversation, Collection<Long> seqs) {
    Map<Long, List<Long>> stretches =
        seqs.stream().collect(Collectors.groupingBy(seq -> seq / STRETCH));
    Set<Long> deleted = new HashSet<>();
    for (Map.Entry<Long, List<Long>> stretch : stretches.entrySet()) {
      List<Long> all = stretch.getValue();
      for (int from = 0; from < all.size(); from += AT_ONCE) {
        List<Long> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
        for (Row row :
            tables.execute(selectSome.bind(conversation.value(), stretch.getKey(), some))) {
          deleted.add(row.getLong("target_seq"));
        }
      }
    }
    return deleted;
  }
}
