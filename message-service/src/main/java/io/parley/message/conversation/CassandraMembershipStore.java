package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The projection of memberships.
 *
 * <ul>
 *   <li>{@code conversations}: PRIMARY KEY (conversation_id); kind, name, rules, and in {@code
 *       version} up to which version of the group everything is here
 *   <li>{@code members_by_conversation}: PRIMARY KEY (conversation_id, user_id); who may do what
 *   <li>{@code conversations_by_member}: PRIMARY KEY (user_id, conversation_id); the inbox
 *   <li>{@code groups_by_shard}: PRIMARY KEY (shard, conversation_id); which groups are known, for
 *       the reconciliation
 * </ul>
 *
 * <p>Every write carries the group's version as its timestamp, so the newest version wins in
 * whatever order and however often changes arrive, and nobody is deleted, only set inactive: no
 * tombstones. From where on a member sees the conversation is known only once the joining is in the
 * log, so those two columns are written by themselves, with twice the version before and that plus
 * one after.
 */
@Component
public class CassandraMembershipStore {

  private static final int WRITES_IN_FLIGHT = 256;

  /** Rows of one partition in one write. */
  private static final int TOGETHER = 100;

  private static final int SHARDS = 64;
  private static final TypeReference<Map<GroupPermission, Boolean>> OVERRIDES =
      new TypeReference<>() {};

  private final CqlSession session;
  private final JsonMapper json;
  private final PreparedStatement insertConversation;
  private final PreparedStatement insertVersion;
  private final PreparedStatement selectConversation;
  private final PreparedStatement insertGroup;
  private final PreparedStatement selectGroups;
  private final PreparedStatement insertMember;
  private final PreparedStatement insertInbox;
  private final PreparedStatement insertMemberView;
  private final PreparedStatement insertInboxView;
  private final PreparedStatement selectMembers;
  private final PreparedStatement selectSomeMembers;
  private final PreparedStatement selectInbox;

  CassandraMembershipStore(CqlSession session, JsonMapper json) {
    this.session = session;
    this.json = json;
    this.insertConversation =
        prepare(
            "INSERT INTO conversations (conversation_id, kind, name, policy, archived, live)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertVersion =
        prepare(
            "INSERT INTO conversations (conversation_id, version) VALUES (?, ?) USING TIMESTAMP ?");
    this.selectConversation =
        prepare(
            "SELECT kind, name, policy, archived, live, version, WRITETIME(name) AS written"
                + " FROM conversations WHERE conversation_id = ?");
    this.insertGroup =
        prepare(
            "INSERT INTO groups_by_shard (shard, conversation_id, live) VALUES (?, ?, ?)"
                + " USING TIMESTAMP ?");
    this.selectGroups =
        prepare("SELECT conversation_id, live FROM groups_by_shard WHERE shard = ?");
    this.insertMember =
        prepare(
            "INSERT INTO members_by_conversation"
                + " (conversation_id, user_id, role, active, overrides, muted_until)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertInbox =
        prepare(
            "INSERT INTO conversations_by_member"
                + " (user_id, conversation_id, kind, other_user_id, active)"
                + " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertMemberView =
        prepare(
            "INSERT INTO members_by_conversation (conversation_id, user_id, visible_from)"
                + " VALUES (?, ?, ?) USING TIMESTAMP ?");
    this.insertInboxView =
        prepare(
            "INSERT INTO conversations_by_member"
                + " (user_id, conversation_id, visible_from, visible_count)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    String selectMember =
        "SELECT user_id, role, active, overrides, muted_until, visible_from,"
            + " WRITETIME(active) AS written"
            + " FROM members_by_conversation WHERE conversation_id = ?";
    this.selectMembers = prepare(selectMember);
    this.selectSomeMembers = prepare(selectMember + " AND user_id IN ?");
    this.selectInbox =
        prepare(
            "SELECT conversation_id, kind, other_user_id, active, visible_from, visible_count"
                + " FROM conversations_by_member WHERE user_id = ?");
  }

  private PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  private ResultSet execute(BoundStatement statement) {
    return CassandraCalls.answered(() -> session.execute(statement));
  }

  // --- conversations ---------------------------------------------------------------------------

  /**
   * @param version at least 1
   * @param live false: group-service no longer knows this group
   */
  public void put(Conversation conversation, long version, boolean live) {
    UUID id = conversation.id().value();
    execute(
        insertConversation.bind(
            id,
            conversation.kind().name(),
            conversation.name() == null ? "" : conversation.name(),
            json.writeValueAsString(conversation.policy()),
            conversation.archived(),
            live,
            version));
    if (conversation.kind() == Conversation.Kind.GROUP) {
      execute(insertGroup.bind(Math.floorMod(id.hashCode(), SHARDS), id, live, version));
    }
  }

  /** Everything up to this version is here and in the log. */
  public void settle(ConversationId id, long version) {
    execute(insertVersion.bind(id.value(), version, version));
  }

  @Nullable Conversation find(ConversationId id) {
    Known known = known(id);
    return known == null ? null : known.conversation();
  }

  /**
   * A conversation as it is known here.
   *
   * @param live false when it was found to be no more
   * @param settled up to this version everything is here; 0 when no event of it was applied yet
   * @param newest the highest version of which something is here
   */
  public record Known(Conversation conversation, boolean live, long settled, long newest) {}

  public @Nullable Known known(ConversationId id) {
    Row row = execute(selectConversation.bind(id.value())).one();
    return row == null || row.isNull("kind") ? null : known(id, row);
  }

  private Known known(ConversationId id, Row row) {
    Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
    String policy = row.getString("policy");
    Conversation conversation =
        new Conversation(
            id,
            kind,
            kind == Conversation.Kind.DIRECT ? null : row.getString("name"),
            policy == null ? GroupPolicy.USUAL : json.readValue(policy, GroupPolicy.class),
            row.getBoolean("archived"));
    boolean live = row.isNull("live") || row.getBoolean("live");
    return new Known(conversation, live, row.getLong("version"), row.getLong("written"));
  }

  /** Those of the conversations that are known. */
  public List<Known> known(Collection<ConversationId> ids) {
    Map<ConversationId, CompletableFuture<AsyncResultSet>> reads = new HashMap<>();
    for (ConversationId id : ids) {
      reads.put(id, send(selectConversation.bind(id.value())));
    }
    List<Known> found = new ArrayList<>();
    reads.forEach(
        (id, read) -> {
          Row row = CassandraCalls.answered(read::join).one();
          if (row != null && !row.isNull("kind")) {
            found.add(known(id, row));
          }
        });
    return found;
  }

  /** The groups that are known and were not found to be no more. */
  public List<ConversationId> liveGroups() {
    List<ConversationId> groups = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      for (Row row : execute(selectGroups.bind(shard))) {
        if (row.getBoolean("live")) {
          groups.add(new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))));
        }
      }
    }
    return groups;
  }

  // --- members ---------------------------------------------------------------------------------

  /** One member as of a version; how far the member sees is not written with it. */
  public record Change(Membership membership, Member member, boolean active) {}

  public void put(Collection<Change> changes, long version) {
    Writes writes = new Writes();
    for (Change change : changes) {
      Membership membership = change.membership();
      Member member = change.member();
      UUID user = membership.user().value();
      UUID conversation = membership.conversation().value();
      UserId other = membership.otherUser();
      Instant muted = member.mutedUntil();
      writes.together(
          insertMember.bind(
              conversation,
              user,
              member.role().value(),
              change.active(),
              json.writeValueAsString(member.overrides()),
              muted == null ? Instant.EPOCH : muted,
              version));
      writes.add(
          insertInbox.bind(
              user,
              conversation,
              membership.kind().name(),
              other == null ? conversation : other.value(),
              change.active(),
              version));
    }
    writes.end();
  }

  /** These members have joined with this version and see nothing until it is known from where. */
  public void hideFrom(ConversationId conversation, Collection<UserId> joined, long version) {
    show(conversation, joined, Member.NOTHING_YET, 0, 2 * version);
  }

  /**
   * These members have joined with this version and see what is from {@code from} on.
   *
   * @param count messages up to {@code from}
   */
  public void showFrom(
      ConversationId conversation, Collection<UserId> joined, long version, long from, long count) {
    show(conversation, joined, from, count, 2 * version + 1);
  }

  /** Like {@link #showFrom}, until an event of this version or a newer one says it exactly. */
  public void assumeFrom(
      ConversationId conversation, Collection<UserId> users, long version, long from, long count) {
    show(conversation, users, from, count, 2 * version);
  }

  private void show(
      ConversationId conversation, Collection<UserId> users, long from, long count, long time) {
    Writes writes = new Writes();
    for (UserId user : users) {
      writes.together(insertMemberView.bind(conversation.value(), user.value(), from, time));
      writes.add(insertInboxView.bind(user.value(), conversation.value(), from, count, time));
    }
    writes.end();
  }

  private CompletableFuture<AsyncResultSet> send(Statement<?> statement) {
    return session.executeAsync(statement).toCompletableFuture();
  }

  /** Many writes: those of one partition go together, and only so many are under way. */
  private final class Writes {

    private final Deque<CompletableFuture<AsyncResultSet>> underWay = new ArrayDeque<>();
    private final List<BatchableStatement<?>> waiting = new ArrayList<>();

    /** All of these must be of one partition. */
    void together(BoundStatement statement) {
      waiting.add(statement);
      if (waiting.size() == TOGETHER) {
        sendWaiting();
      }
    }

    private void sendWaiting() {
      if (!waiting.isEmpty()) {
        track(send(BatchStatement.newInstance(BatchType.UNLOGGED, waiting).setIdempotent(true)));
        waiting.clear();
      }
    }

    void add(BoundStatement statement) {
      track(send(statement));
    }

    private void track(CompletableFuture<AsyncResultSet> write) {
      underWay.add(write);
      if (underWay.size() > WRITES_IN_FLIGHT) {
        CassandraCalls.answered(underWay.remove()::join);
      }
    }

    void end() {
      sendWaiting();
      while (!underWay.isEmpty()) {
        CassandraCalls.answered(underWay.remove()::join);
      }
    }
  }

  /**
   * A member's row.
   *
   * @param version of the group, of which it is
   */
  public record Stored(Member member, boolean active, long version) {}

  /** All who are or were members. */
  public Map<UserId, Stored> stored(ConversationId conversation) {
    return stored(execute(selectMembers.bind(conversation.value())));
  }

  public Map<UserId, Stored> stored(ConversationId conversation, Set<UserId> users) {
    List<UUID> ids = users.stream().map(UserId::value).toList();
    return stored(execute(selectSomeMembers.bind(conversation.value(), ids)));
  }

  private Map<UserId, Stored> stored(ResultSet rows) {
    Map<UserId, Stored> stored = new HashMap<>();
    for (Row row : rows) {
      if (!row.isNull("active")) {
        Member member = member(row);
        stored.put(
            member.user(), new Stored(member, row.getBoolean("active"), row.getLong("written")));
      }
    }
    return stored;
  }

  Map<UserId, Member> members(ConversationId conversation) {
    Map<UserId, Member> members = new HashMap<>();
    for (Row row : execute(selectMembers.bind(conversation.value()))) {
      if (row.getBoolean("active")) {
        Member member = member(row);
        members.put(member.user(), member);
      }
    }
    return members;
  }

  private Member member(Row row) {
    String overrides = row.getString("overrides");
    Instant muted = row.getInstant("muted_until");
    return new Member(
        new UserId(Objects.requireNonNull(row.getUuid("user_id"))),
        GroupRole.of(Objects.requireNonNull(row.getString("role"))),
        overrides == null || overrides.equals("{}")
            ? Map.of()
            : Map.copyOf(json.readValue(overrides, OVERRIDES)),
        muted == null || muted.equals(Instant.EPOCH) ? null : muted,
        row.isNull("visible_from") ? Member.EVERYTHING : row.getLong("visible_from"));
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
                    : new UserId(Objects.requireNonNull(row.getUuid("other_user_id"))),
                row.isNull("visible_from") ? Member.EVERYTHING : row.getLong("visible_from"),
                row.getLong("visible_count")));
      }
    }
    return memberships;
  }
}
