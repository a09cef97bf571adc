package io.parley.message.thread;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
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
  private static final int AT_ONCE = 500;

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insertByThread;
  private final PreparedStatement insertByConversation;
  private final PreparedStatement selectOldest;
  private final PreparedStatement selectNewest;
  private final PreparedStatement selectNewestOfAll;

  CassandraThreadStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    this.insertByThread =
        tables.prepare(
            "INSERT INTO replies_by_thread (conversation_id, root_seq, stretch, seq, author_id,"
                + " expires_at) VALUES (?, ?, ?, ?, ?, ?)");
    this.insertByConversation =
        tables.prepare(
            "INSERT INTO replies_by_conversation (conversation_id, stretch, seq, root_seq, author_id,"
                + " expires_at) VALUES (?, ?, ?, ?, ?, ?)");
    String ofThread =
        "SELECT seq, root_seq, author_id, expires_at FROM replies_by_thread"
            + " WHERE conversation_id = ? AND root_seq = ? AND stretch = ?"
            + " AND seq > ? AND seq <= ?";
    this.selectOldest = tables.prepare(ofThread + " ORDER BY seq ASC LIMIT ?");
    this.selectNewest = tables.prepare(ofThread + " LIMIT ?");
    this.selectNewestOfAll =
        tables.prepare(
            "SELECT seq, root_seq, author_id, expires_at FROM replies_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND seq > ? AND seq <= ? LIMIT ?");
  }

  @Override
  public void put(
      ConversationId conversation,
      long root,
      long seq,
      UserId author,
      @Nullable Instant expiresAt) {
    UUID id = conversation.value();
    UUID by = author.value();
    CompletableFuture<?> byThread =
        tables.start(
            orNever(insertByThread.bind(id, root, seq / STRETCH, seq, by, expiresAt), expiresAt));
    CassandraTables.answer(
        tables.start(
            orNever(
                insertByConversation.bind(id, seq / STRETCH, seq, root, by, expiresAt),
                expiresAt)));
    CassandraTables.answer(byThread);
  }

  /** No null is written. */
  private static BoundStatement orNever(BoundStatement row, @Nullable Instant expiresAt) {
    return expiresAt == null ? row.unset("expires_at") : row;
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
    long upTo = last;
    int rows = limit;
    while (found.size() < limit && upTo > after) {
      long stretch = upTo / STRETCH;
      long lowest = Math.max(after + 1, stretch * STRETCH);
      int read = 0;
      for (Row row :
          tables.execute(
              selectNewest.bind(conversation.value(), root, stretch, after, upTo, rows))) {
        Reply reply = reply(row);
        read++;
        lowest = read < rows ? lowest : reply.seq();
        if (!reply.expired() && found.size() < limit) {
          found.add(reply);
        }
      }
      upTo = lowest - 1;
      // Many may have disappeared.
      rows = Math.max(limit, AT_ONCE);
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

  private Reply reply(Row row) {
    UUID author = row.getUuid("author_id");
    Instant expiresAt = row.getInstant("expires_at");
    return new Reply(
        row.getLong("seq"),
        row.getLong("root_seq"),
        author == null ? null : new UserId(author),
        expiresAt != null && !expiresAt.isAfter(clock.instant()));
  }
}
