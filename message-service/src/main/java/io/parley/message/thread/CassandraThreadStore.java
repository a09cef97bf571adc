package io.parley.message.thread;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/**
 * Which messages are replies. A stretch is {@value #STRETCH} seqs.
 *
 * <ul>
 *   <li>{@code replies_by_thread}: PRIMARY KEY ((conversation_id, root_seq, stretch), seq); the
 *       replies of a thread
 *   <li>{@code replies_by_conversation}: PRIMARY KEY ((conversation_id, stretch), seq); the replies
 *       of all threads, by which the threads are found whose last replies are the newest
 * </ul>
 *
 * <p>Rows are written once, always with the same content, and never changed: who has deleted which
 * message is not said here.
 */
@Component
class CassandraThreadStore implements ThreadStore {

  private static final long STRETCH = 100_000;

  private final CassandraTables tables;
  private final PreparedStatement insertByThread;
  private final PreparedStatement insertByConversation;
  private final PreparedStatement selectOldest;
  private final PreparedStatement selectNewest;
  private final PreparedStatement selectNewestOfAll;

  CassandraThreadStore(CassandraTables tables) {
    this.tables = tables;
    this.insertByThread =
        tables.prepare(
            "INSERT INTO replies_by_thread (conversation_id, root_seq, stretch, seq, author_id)"
                + " VALUES (?, ?, ?, ?, ?)");
    this.insertByConversation =
        tables.prepare(
            "INSERT INTO replies_by_conversation (conversation_id, stretch, seq, root_seq, author_id)"
                + " VALUES (?, ?, ?, ?, ?)");
    String ofThread =
        "SELECT seq, root_seq, author_id FROM replies_by_thread"
            + " WHERE conversation_id = ? AND root_seq = ? AND stretch = ?"
            + " AND seq > ? AND seq <= ?";
    this.selectOldest = tables.prepare(ofThread + " ORDER BY seq ASC LIMIT ?");
    this.selectNewest = tables.prepare(ofThread + " LIMIT ?");
    this.selectNewestOfAll =
        tables.prepare(
            "SELECT seq, root_seq, author_id FROM replies_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND seq > ? AND seq <= ? LIMIT ?");
  }

  @Override
  public void put(ConversationId conversation, long root, long seq, UserId author) {
    UUID id = conversation.value();
    CompletableFuture<?> byThread =
        tables.start(insertByThread.bind(id, root, seq / STRETCH, seq, author.value()));
    CassandraTables.answer(
        tables.start(insertByConversation.bind(id, seq / STRETCH, seq, root, author.value())));
    CassandraTables.answer(byThread);
  }

  @Override
  public List<Long> oldest(
      ConversationId conversation, long root, long after, long last, int limit) {
    List<Long> found = new ArrayList<>();
    for (long stretch = after / STRETCH;
        stretch <= last / STRETCH && found.size() < limit;
        stretch++) {
      for (Row row :
          tables.execute(
              selectOldest.bind(
                  conversation.value(), root, stretch, after, last, limit - found.size()))) {
        found.add(row.getLong("seq"));
      }
    }
    return found;
  }

  @Override
  public List<Reply> newest(
      ConversationId conversation, long root, long after, long last, int limit) {
    List<Reply> found = new ArrayList<>();
    for (long stretch = last / STRETCH;
        stretch >= after / STRETCH && found.size() < limit;
        stretch--) {
      for (Row row :
          tables.execute(
              selectNewest.bind(
                  conversation.value(), root, stretch, after, last, limit - found.size()))) {
        found.add(reply(row));
      }
    }
    return found;
  }

  @Override
  public List<Reply> newestOfAll(ConversationId conversation, long after, long last, int limit) {
    List<Reply> found = new ArrayList<>();
    for (long stretch = last / STRETCH;
        stretch >= after / STRETCH && found.size() < limit;
        stretch--) {
      for (Row row :
          tables.execute(
              selectNewestOfAll.bind(
                  conversation.value(), stretch, after, last, limit - found.size()))) {
        found.add(reply(row));
      }
    }
    return found;
  }

  private static Reply reply(Row row) {
    UUID author = row.getUuid("author_id");
    return new Reply(
        row.getLong("seq"), row.getLong("root_seq"), author == null ? null : new UserId(author));
  }
}
