package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The projection of memberships.
 *
 * <p>{@code conversations}: PRIMARY KEY (conversation_id); kind and name. {@code
 * members_by_conversation}: PRIMARY KEY (conversation_id, user_id); who may read and write. {@code
 * conversations_by_member}: PRIMARY KEY (user_id, conversation_id); the inbox.
 *
 * <p>Every write carries the group's version as its timestamp, so the newest version wins in
 * whatever order and however often changes arrive, and nobody is deleted, only set inactive: no
 * tombstones.
 */
@Component
class CassandraMembershipStore {

  private static final int WRITES_IN_FLIGHT = 64;

  private final CqlSession session;
  private final PreparedStatement insertConversation;
  private final PreparedStatement selectConversation;
  private final PreparedStatement insertMember;
  private final PreparedStatement insertInbox;
  private final PreparedStatement selectMembers;
  private final PreparedStatement selectInbox;

  CassandraMembershipStore(CqlSession session) {
    this.session = session;
    this.insertConversation =
        prepare(
            "INSERT INTO conversations (conversation_id, kind, name, version) VALUES (?, ?, ?, ?)"
                + " USING TIMESTAMP ?");
    this.selectConversation =
        prepare("SELECT kind, name FROM conversations WHERE conversation_id = ?");
    this.insertMember =
        prepare(
            "INSERT INTO members_by_conversation (conversation_id, user_id, role, active)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertInbox =
        prepare(
            "INSERT INTO conversations_by_member"
                + " (user_id, conversation_id, kind, other_user_id, active)"
                + " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.selectMembers =
        prepare("SELECT user_id, active FROM members_by_conversation WHERE conversation_id = ?");
    this.selectInbox =
        prepare(
            "SELECT conversation_id, kind, other_user_id, active FROM conversations_by_member"
                + " WHERE user_id = ?");
  }

  private PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  private ResultSet execute(BoundStatement statement) {
    return CassandraCalls.answered(() -> session.execute(statement));
  }

  /**
   * @param version at least 1
   */
  void put(Conversation conversation, long version) {
    String name = conversation.name() == null ? "" : conversation.name();
    execute(
        insertConversation.bind(
            conversation.id().value(), conversation.kind().name(), name, version, version));
  }

  @Nullable Conversation find(ConversationId id) {
    Row row = execute(selectConversation.bind(id.value())).one();
    if (row == null) {
      return null;
    }
    Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
    return new Conversation(
        id, kind, kind == Conversation.Kind.DIRECT ? null : row.getString("name"));
  }

  /** One member as of a version. */
  record Change(Membership membership, GroupRole role, boolean active) {}

  void put(Collection<Change> changes, long version) {
    List<CompletableFuture<AsyncResultSet>> writes = new ArrayList<>();
    for (Change change : changes) {
      Membership membership = change.membership();
      UUID user = membership.user().value();
      UUID conversation = membership.conversation().value();
      UserId other = membership.otherUser();
      writes.add(
          write(
              insertMember.bind(
                  conversation, user, change.role().value(), change.active(), version)));
      writes.add(
          write(
              insertInbox.bind(
                  user,
                  conversation,
                  membership.kind().name(),
                  other == null ? conversation : other.value(),
                  change.active(),
                  version)));
      if (writes.size() >= WRITES_IN_FLIGHT) {
        join(writes);
      }
    }
    join(writes);
  }

  private CompletableFuture<AsyncResultSet> write(BoundStatement statement) {
    return session.executeAsync(statement).toCompletableFuture();
  }

  private static void join(List<CompletableFuture<AsyncResultSet>> writes) {
    for (CompletableFuture<AsyncResultSet> write : writes) {
      CassandraCalls.answered(write::join);
    }
    writes.clear();
  }

  Set<UserId> members(ConversationId conversation) {
    Set<UserId> members = new HashSet<>();
    for (Row row : execute(selectMembers.bind(conversation.value()))) {
      if (row.getBoolean("active")) {
        members.add(new UserId(Objects.requireNonNull(row.getUuid("user_id"))));
      }
    }
    return members;
  }

  List<Membership> of(UserId user) {
    List<Membership> memberships = new ArrayList<>();
    for (Row row : execute(selectInbox.bind(user.value()))) {
      if (row.getBoolean("active")) {
        Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
        memberships.add(
            new Membership(
                user,
                new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
                kind,
                kind == Conversation.Kind.GROUP
                    ? null
                    : new UserId(Objects.requireNonNull(row.getUuid("other_user_id")))));
      }
    }
    return memberships;
  }
}
