package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The projection of memberships, from both sides.
 *
 * <ul>
 *   <li>{@code members_by_conversation}: PRIMARY KEY (conversation_id, user_id); who may do what
 *   <li>{@code conversations_by_member}: PRIMARY KEY (user_id, conversation_id); the inbox
 * </ul>
 *
 * <p>Every write carries the group's version as its timestamp, so the newest version wins in
 * whatever order and however often changes arrive, and nobody is deleted, only set inactive; only
 * an erasure deletes. From where on a member sees the conversation is known only once the joining
 * is in the log, so those two columns are written by themselves, with twice the version before and
 * that plus one after.
 */
@Component
public class CassandraMemberStore {

  /** One member as of a version; how far the member sees is not written with it. */
  public record Change(Membership membership, Member member, boolean active) {}

  /**
   * A member's row.
   *
   * @param version of the group, of which it is
   */
  public record StoredMember(Member member, boolean active, long version) {}

  private static final TypeReference<Map<GroupPermission, Boolean>> OVERRIDES =
      new TypeReference<>() {};

  private final CqlSession session;
  private final JsonMapper json;
  private final PreparedStatement insertMember;
  private final PreparedStatement insertInbox;
  private final PreparedStatement insertMemberView;
  private final PreparedStatement insertInboxView;
  private final PreparedStatement selectMembers;
  private final PreparedStatement selectSomeMembers;
  private final PreparedStatement selectInbox;

  CassandraMemberStore(CqlSession session, JsonMapper json) {
    this.session = session;
    this.json = json;
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

  public void put(Collection<Change> changes, long version) {
    CassandraWrites writes = new CassandraWrites(session);
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
    CassandraWrites writes = new CassandraWrites(session);
    for (UserId user : users) {
      writes.together(insertMemberView.bind(conversation.value(), user.value(), from, time));
      writes.add(insertInboxView.bind(user.value(), conversation.value(), from, count, time));
    }
    writes.end();
  }

  /** All who are or were members. */
  public Map<UserId, StoredMember> stored(ConversationId conversation) {
    return stored(execute(selectMembers.bind(conversation.value())));
  }

  public Map<UserId, StoredMember> stored(ConversationId conversation, Set<UserId> users) {
    List<UUID> ids = users.stream().map(UserId::value).toList();
    return stored(execute(selectSomeMembers.bind(conversation.value(), ids)));
  }

  private Map<UserId, StoredMember> stored(ResultSet rows) {
    Map<UserId, StoredMember> stored = new HashMap<>();
    for (Row row : rows) {
      if (!row.isNull("active")) {
        Member member = member(row);
        stored.put(
            member.user(),
            new StoredMember(member, row.getBoolean("active"), row.getLong("written")));
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
