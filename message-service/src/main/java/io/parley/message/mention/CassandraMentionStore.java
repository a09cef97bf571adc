package io.parley.message.mention;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Where users are mentioned. A stretch is {@value #STRETCH} seqs.
 *
 * <ul>
 *   <li>{@code mentions_by_member}: PRIMARY KEY ((user_id, conversation_id, stretch), seq); the
 *       messages that name a user
 *   <li>{@code newest_mentions_by_member}: PRIMARY KEY (user_id, conversation_id); the newest of
 *       those, so that one read tells of a page of the inbox where any is unread
 *   <li>{@code group_mentions_by_conversation}: PRIMARY KEY ((conversation_id, stretch), seq); the
 *       messages that mention all, one row each, whatever the number of members
 * </ul>
 *
 * <p>Every write carries a seq as its timestamp, that of the event which says it, so that the
 * newest word on a message stands in whatever order and however often they are written. Nothing is
 * deleted but by an erasure, whose present time is beyond all of them.
 */
@Component
class CassandraMentionStore implements MentionStore {

  private static final long STRETCH = 100_000;

  /** The place of this value in the statements that write it. */
  private static final int EXPIRES_AT = 5;

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement insertNewest;
  private final PreparedStatement insertToAll;
  private final PreparedStatement select;
  private final PreparedStatement selectNewest;
  private final PreparedStatement selectAllNewest;
  private final PreparedStatement selectToAll;
  private final PreparedStatement selectAmong;
  private final PreparedStatement selectToAllAmong;
  private final PreparedStatement delete;
  private final PreparedStatement deleteNewest;

  CassandraMentionStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    this.insert =
        tables.prepare(
            "INSERT INTO mentions_by_member (user_id, conversation_id, stretch, seq, mentioned,"
                + " expires_at) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertNewest =
        tables.prepare(
            "INSERT INTO newest_mentions_by_member (user_id, conversation_id, seq)"
                + " VALUES (?, ?, ?) USING TIMESTAMP ?");
    this.insertToAll =
        tables.prepare(
            "INSERT INTO group_mentions_by_conversation"
                + " (conversation_id, stretch, seq, author_id, mentioned, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.select =
        tables.prepare(
            "SELECT seq, mentioned, expires_at FROM mentions_by_member"
                + " WHERE user_id = ? AND conversation_id = ? AND stretch = ?"
                + " AND seq > ? AND seq <= ? LIMIT ?");
    this.selectNewest =
        tables.prepare(
            "SELECT conversation_id, seq FROM newest_mentions_by_member"
                + " WHERE user_id = ? AND conversation_id IN ?");
    this.selectAllNewest =
        tables.prepare(
            "SELECT conversation_id, seq FROM newest_mentions_by_member WHERE user_id = ?");
    this.selectToAll =
        tables.prepare(
            "SELECT seq, author_id, mentioned, expires_at FROM group_mentions_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND seq > ? AND seq <= ? LIMIT ?");
    this.selectAmong =
        tables.prepare(
            "SELECT seq, mentioned FROM mentions_by_member"
                + " WHERE user_id = ? AND conversation_id = ? AND stretch = ? AND seq IN ?");
    this.selectToAllAmong =
        tables.prepare(
            "SELECT seq, mentioned FROM group_mentions_by_conversation"
                + " WHERE conversation_id = ? AND stretch = ? AND seq IN ?");
    this.delete =
        tables.prepare(
            "DELETE FROM mentions_by_member"
                + " WHERE user_id = ? AND conversation_id = ? AND stretch = ?");
    this.deleteNewest = tables.prepare("DELETE FROM newest_mentions_by_member WHERE user_id = ?");
  }

  @Override
  public void put(
      Place message,
      UserId author,
      Map<UserId, Boolean> users,
      @Nullable Boolean toAll,
      long version) {
    UUID conversation = message.conversation().value();
    long seq = message.seq();
    Instant expiresAt = message.expiresAt();
    List<BoundStatement> writes = new ArrayList<>();
    users.forEach(
        (user, mentioned) -> {
          UUID id = user.value();
          writes.add(
              orNever(
                  insert.bind(
                      id, conversation, seq / STRETCH, seq, mentioned, expiresAt, version)));
          if (mentioned) {
            writes.add(insertNewest.bind(id, conversation, seq, seq));
          }
        });
    if (toAll != null) {
      writes.add(
          orNever(
              insertToAll.bind(
                  conversation, seq / STRETCH, seq, author.value(), toAll, expiresAt, version)));
    }
    List<CompletableFuture<?>> started = new ArrayList<>();
    for (BoundStatement write : writes) {
      started.add(tables.start(write));
    }
    started.forEach(CassandraTables::answer);
  }

  /** No null is written. */
  private static BoundStatement orNever(BoundStatement statement) {
    return statement.isNull(EXPIRES_AT) ? statement.unset(EXPIRES_AT) : statement;
  }

  private boolean stands(Row row) {
    Instant expiresAt = row.getInstant("expires_at");
    return row.getBoolean("mentioned") && (expiresAt == null || expiresAt.isAfter(clock.instant()));
  }

  @Override
  public Map<ConversationId, Long> newest(UserId user, Collection<ConversationId> conversations) {
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    return newest(selectNewest.bind(user.value(), ids));
  }

  private Map<ConversationId, Long> newest(BoundStatement statement) {
    Map<ConversationId, Long> newest = new HashMap<>();
    for (Row row : tables.execute(statement)) {
      newest.put(
          new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
          row.getLong("seq"));
    }
    return newest;
  }

  @Override
  public Set<Long> naming(
      UserId user, ConversationId conversation, long after, long last, int limit) {
    Set<Long> found = new HashSet<>();
    for (long stretch = last / STRETCH;
        stretch >= after / STRETCH && found.size() < limit;
        stretch--) {
      for (Row row :
          tables.execute(
              select.bind(user.value(), conversation.value(), stretch, after, last, limit))) {
        if (stands(row)) {
          found.add(row.getLong("seq"));
        }
      }
    }
    return found;
  }

  @Override
  public List<ToAll> toAll(ConversationId conversation, long after, long last, int limit) {
    List<ToAll> found = new ArrayList<>();
    for (long stretch = last / STRETCH;
        stretch >= after / STRETCH && found.size() < limit;
        stretch--) {
      for (Row row :
          tables.execute(selectToAll.bind(conversation.value(), stretch, after, last, limit))) {
        if (stands(row)) {
          UUID author = row.getUuid("author_id");
          found.add(new ToAll(row.getLong("seq"), author == null ? null : new UserId(author)));
        }
      }
    }
    return found;
  }

  @Override
  public Set<Long> among(
      UserId user, ConversationId conversation, boolean isGroup, Collection<Long> seqs) {
    Map<Long, List<Long>> stretches =
        seqs.stream().collect(Collectors.groupingBy(seq -> seq / STRETCH));
    Set<Long> found = new HashSet<>();
    stretches.forEach(
        (stretch, some) -> {
          addMentioned(selectAmong.bind(user.value(), conversation.value(), stretch, some), found);
          if (isGroup) {
            addMentioned(selectToAllAmong.bind(conversation.value(), stretch, some), found);
          }
        });
    return found;
  }

  private void addMentioned(BoundStatement statement, Set<Long> found) {
    for (Row row : tables.execute(statement)) {
      if (row.getBoolean("mentioned")) {
        found.add(row.getLong("seq"));
      }
    }
  }

  @Override
  public void forget(UserId user) {
    newest(selectAllNewest.bind(user.value()))
        .forEach(
            (conversation, seq) -> {
              for (long stretch = 0; stretch <= seq / STRETCH; stretch++) {
                tables.execute(delete.bind(user.value(), conversation.value(), stretch));
              }
            });
    tables.execute(deleteNewest.bind(user.value()));
  }
}
