package io.parley.message.thread;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
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
import org.springframework.stereotype.Component;

/**
 * {@code followed_threads_by_user}: PRIMARY KEY (user_id, conversation_id, root_seq). One read
 * tells all that a user follows, one the threads of a page of the inbox. A row has some 100 bytes;
 * {@link ThreadProperties#maxFollowed} bounds the partition.
 *
 * <p>The order of the log decides, not that of the writes, so all of it may be written again:
 *
 * <ul>
 *   <li>{@code chosen} has one of the seq of the reply that says it, or of the newest event when
 *       the user said it ({@link Follow#saidAt})
 *   <li>{@code involved_from} has one that falls with its value, so that the lowest stays
 *   <li>the marker has the place of a read marker: turn and seq
 *   <li>{@code changed_at} is when the user last did either, by the service's clock, whatever came
 *       of it
 * </ul>
 *
 * <p>Nothing is deleted but by an erasure, whose present time is beyond all of these.
 */
@Component
class CassandraFollowStore {

  /**
   * A user whom an event has drawn into a thread.
   *
   * @param from behind this seq the thread concerns them
   * @param repliedAt the seq of a reply of theirs; 0: they have not replied
   */
  record Involved(UserId user, ConversationId conversation, long root, long from, long repliedAt) {}

  private static final long LAST_SEQ = 1L << 40;

  /** Users whose rows go in one request: Cassandra warns of more. */
  private static final int USERS_AT_ONCE = 10;

  private final CassandraTables tables;
  private final Clock clock;
  private final PreparedStatement insertChosen;
  private final PreparedStatement insertInvolved;
  private final PreparedStatement insertMarker;
  private final PreparedStatement insertTime;
  private final PreparedStatement select;
  private final PreparedStatement selectSome;
  private final PreparedStatement selectAll;
  private final PreparedStatement selectTimes;
  private final PreparedStatement count;
  private final PreparedStatement delete;

  CassandraFollowStore(CassandraTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
    String insert = "INSERT INTO followed_threads_by_user (user_id, conversation_id, root_seq, ";
    this.insertChosen = tables.prepare(insert + "chosen) VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertInvolved =
        tables.prepare(insert + "involved_from) VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertMarker =
        tables.prepare(insert + "read_seq, read_turn) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertTime = tables.prepare(insert + "changed_at) VALUES (?, ?, ?, ?)");
    String columns =
        "SELECT conversation_id, root_seq, chosen, WRITETIME(chosen) AS chosen_at, involved_from,"
            + " read_seq, read_turn FROM followed_threads_by_user WHERE user_id = ?";
    this.select = tables.prepare(columns + " AND conversation_id = ? AND root_seq IN ?");
    this.selectSome = tables.prepare(columns + " AND conversation_id IN ?");
    this.selectAll = tables.prepare(columns);
    this.selectTimes =
        tables.prepare(
            "SELECT conversation_id, changed_at FROM followed_threads_by_user WHERE user_id = ?");
    this.count = tables.prepare("SELECT COUNT(*) FROM followed_threads_by_user WHERE user_id = ?");
    this.delete = tables.prepare("DELETE FROM followed_threads_by_user WHERE user_id = ?");
  }

  /**
   * Notes whom an event has drawn in. One request for up to {@value #USERS_AT_ONCE} users.
   *
   * @return to be waited for by {@link CassandraTables#answer}
   */
  CompletableFuture<?> involve(Collection<Involved> all) {
    List<CompletableFuture<?>> started = new ArrayList<>();
    List<BatchableStatement<?>> together = new ArrayList<>();
    int users = 0;
    for (Involved each : all) {
      UUID user = each.user().value();
      UUID conversation = each.conversation().value();
      together.add(
          insertInvolved.bind(
              user, conversation, each.root(), each.from(), LAST_SEQ - each.from()));
      if (each.repliedAt() > 0) {
        together.add(
            insertChosen.bind(
                user, conversation, each.root(), true, Follow.repliedAt(each.repliedAt())));
      }
      if (++users % USERS_AT_ONCE == 0) {
        started.add(tables.start(batch(together)));
        together.clear();
      }
    }
    if (!together.isEmpty()) {
      started.add(tables.start(batch(together)));
    }
    return CompletableFuture.allOf(started.toArray(CompletableFuture[]::new));
  }

  private static Statement<?> batch(List<BatchableStatement<?>> statements) {
    return BatchStatement.newInstance(BatchType.UNLOGGED, List.copyOf(statements))
        .setIdempotent(true);
  }

  /**
   * The user has said whether to follow a thread.
   *
   * @param before as it was read
   * @param head the newest event's seq
   */
  void choose(UserId user, Follow before, boolean chosen, long head) {
    said(
        user,
        before,
        insertChosen.bind(
            user.value(),
            before.conversation().value(),
            before.root(),
            chosen,
            before.saidAt(head)));
  }

  private void said(UserId user, Follow follow, BatchableStatement<?> what) {
    BatchableStatement<?> now =
        insertTime.bind(
            user.value(), follow.conversation().value(), follow.root(), clock.instant());
    tables.execute(batch(List.of(what, now)));
  }

  /** Has the thread's marker where this has it, unless it is further on in the same turn. */
  void read(UserId user, Follow follow) {
    long seq = follow.readTo();
    said(
        user,
        follow,
        insertMarker.bind(
            user.value(),
            follow.conversation().value(),
            follow.root(),
            seq,
            follow.turn(),
            Follow.place(follow.turn(), seq)));
  }

  Follow find(UserId user, ConversationId conversation, long root) {
    return of(user, conversation, List.of(root))
        .getOrDefault(root, Follow.none(conversation, root));
  }

  /**
   * By their roots; those that there are.
   *
   * @param roots of a page of threads
   */
  Map<Long, Follow> of(UserId user, ConversationId conversation, Collection<Long> roots) {
    Map<Long, Follow> found = new HashMap<>();
    if (!roots.isEmpty()) {
      follows(select.bind(user.value(), conversation.value(), List.copyOf(roots)))
          .forEach(follow -> found.put(follow.root(), follow));
    }
    return found;
  }

  /** Everything in these conversations; unfollowed threads, too. One read. */
  List<Follow> in(UserId user, Collection<ConversationId> conversations) {
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    return ids.isEmpty() ? List.of() : follows(selectSome.bind(user.value(), ids));
  }

  /** Everything; unfollowed threads, too. */
  List<Follow> all(UserId user) {
    return follows(selectAll.bind(user.value()));
  }

  private List<Follow> follows(BoundStatement statement) {
    List<Follow> follows = new ArrayList<>();
    for (Row row : tables.execute(statement)) {
      boolean chosen = !row.isNull("chosen");
      follows.add(
          new Follow(
              new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
              row.getLong("root_seq"),
              chosen ? row.getBoolean("chosen") : null,
              chosen ? row.getLong("chosen_at") : 0,
              row.isNull("involved_from") ? null : row.getLong("involved_from"),
              row.isNull("read_seq") ? null : row.getLong("read_seq"),
              row.getInt("read_turn")));
    }
    return follows;
  }

  /** Where the user has said something of a thread since then, or moved its marker. */
  Set<ConversationId> changedSince(UserId user, Instant since) {
    Set<ConversationId> changed = new HashSet<>();
    for (Row row : tables.execute(selectTimes.bind(user.value()))) {
      Instant at = row.getInstant("changed_at");
      if (at != null && !at.isBefore(since)) {
        changed.add(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))));
      }
    }
    return changed;
  }

  /** How many rows the user has. */
  int count(UserId user) {
    Row row = Objects.requireNonNull(tables.execute(count.bind(user.value())).one());
    return (int) row.getLong(0);
  }

  void forget(UserId user) {
    tables.execute(delete.bind(user.value()));
  }
}
