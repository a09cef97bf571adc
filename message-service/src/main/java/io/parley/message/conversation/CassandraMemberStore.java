package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
 * whatever order and however often changes arrive, and nobody is deleted, only set inactive: who
 * has left expires ({@link ConversationProperties#formerMembers}), long after any older change may
 * still come. Only an erasure deletes. From where on a member sees the conversation is known only
 * once the joining is in the log, so those two columns are written by themselves, with twice the
 * version before and that plus one after.
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

  /**
   * A row of a user.
   *
   * @param changedAt when it was written, by the clock of the node that did; a row of before
   *     version 0.2 says 1970
   */
  public record Place(Membership membership, boolean active, Instant changedAt) {}

  /** As a TTL. */
  private static final int FOR_EVER = 0;

  private static final TypeReference<Map<GroupPermission, Boolean>> OVERRIDES =
      new TypeReference<>() {};

  private final CassandraTables tables;
  private final Clock clock;
  private final int formerSeconds;
  private final JsonMapper json;
  private final PreparedStatement insertMember;
  private final PreparedStatement insertInbox;
  private final PreparedStatement insertMemberView;
  private final PreparedStatement insertInboxView;
  private final PreparedStatement selectMembers;
  private final PreparedStatement selectSomeMembers;
  private final PreparedStatement selectInbox;
  private final PreparedStatement selectSomePlaces;
  private final PreparedStatement selectInboxes;

  CassandraMemberStore(
      CassandraTables tables, Clock clock, ConversationProperties properties, JsonMapper json) {
    this.tables = tables;
    this.clock = clock;
    this.formerSeconds = Math.toIntExact(properties.formerMembers().toSeconds());
    this.json = json;
    this.insertMember =
        tables.prepare(
            "INSERT INTO members_by_conversation"
                + " (conversation_id, user_id, role, active, overrides, muted_until)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ? AND TTL ?");
    this.insertInbox =
        tables.prepare(
            "INSERT INTO conversations_by_member"
                + " (user_id, conversation_id, kind, other_user_id, active, changed_at)"
                + " VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ? AND TTL ?");
    this.insertMemberView =
        tables.prepare(
            "INSERT INTO members_by_conversation (conversation_id, user_id, visible_from)"
                + " VALUES (?, ?, ?) USING TIMESTAMP ? AND TTL ?");
    this.insertInboxView =
        tables.prepare(
            "INSERT INTO conversations_by_member"
                + " (user_id, conversation_id, visible_from, visible_count)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ? AND TTL ?");
    String selectMember =
        "SELECT user_id, role, active, overrides, muted_until, visible_from,"
            + " WRITETIME(active) AS written"
            + " FROM members_by_conversation WHERE conversation_id = ?";
    this.selectMembers = tables.prepare(selectMember);
    this.selectSomeMembers = tables.prepare(selectMember + " AND user_id IN ?");
    String selectPlaces =
        "SELECT user_id, conversation_id, kind, other_user_id, active, visible_from,"
            + " visible_count, changed_at FROM conversations_by_member WHERE user_id";
    this.selectInbox = tables.prepare(selectPlaces + " = ?");
    this.selectSomePlaces = tables.prepare(selectPlaces + " = ? AND conversation_id IN ?");
    this.selectInboxes = tables.prepare(selectPlaces + " IN ?");
  }

  public void put(Collection<Change> changes, long version) {
    put(changes, version, Map.of());
  }

  /** How far those see who join: all, or nothing until it is known from where. */
  public enum FirstView {
    EVERYTHING(Member.EVERYTHING),
    NOTHING_YET(Member.NOTHING_YET);

    private final long from;

    FirstView(long from) {
      this.from = from;
    }

    private long time(long version) {
      return this == NOTHING_YET ? 2 * version : 2 * version + 1;
    }
  }

  /**
   * @param joined those of the changes that join with this version. Nobody is a member, even for a
   *     moment, who sees too much: both are written together
   */
  public void put(Collection<Change> changes, long version, Map<UserId, FirstView> joined) {
    put(List.of(new Written(changes, List.of(), version, joined)));
  }

  /**
   * What one version changes.
   *
   * @param standings of those who are members already, and whose place is written
   * @param joined as in {@link #put(Collection, long, Map)}
   */
  public record Written(
      Collection<Change> changes,
      Collection<Standing> standings,
      long version,
      Map<UserId, FirstView> joined) {}

  /** What a member may do. */
  public record Standing(ConversationId conversation, Member member) {}

  /**
   * As {@link #put(Collection, long, Map)}, for several versions: one request for each user, and
   * few for a conversation.
   */
  public void put(List<Written> versions) {
    CassandraWrites writes = new CassandraWrites(tables);
    Map<UserId, List<BoundStatement>> ofUsers = new LinkedHashMap<>();
    versions.forEach(written -> put(written, writes, ofUsers));
    ofUsers.values().forEach(writes::atOnce);
    writes.end();
  }

  private void put(
      Written written, CassandraWrites writes, Map<UserId, List<BoundStatement>> ofUsers) {
    long version = written.version();
    for (Change change : written.changes()) {
      Membership membership = change.membership();
      Member member = change.member();
      UUID user = membership.user().value();
      UUID conversation = membership.conversation().value();
      UserId other = membership.otherUser();
      List<BoundStatement> ofConversation = new ArrayList<>(2);
      List<BoundStatement> ofUser =
          ofUsers.computeIfAbsent(membership.user(), none -> new ArrayList<>(2));
      int ttl = change.active() ? FOR_EVER : formerSeconds;
      // Of who leaves, these columns expire with the others.
      FirstView view =
          change.active() ? written.joined().get(membership.user()) : FirstView.EVERYTHING;
      if (view != null) {
        long time = change.active() ? view.time(version) : 2 * version;
        ofConversation.add(insertMemberView.bind(conversation, user, view.from, time, ttl));
        ofUser.add(insertInboxView.bind(user, conversation, view.from, 0L, time, ttl));
      }
      ofConversation.add(standing(membership.conversation(), member, change.active(), version));
      ofUser.add(
          insertInbox.bind(
              user,
              conversation,
              membership.kind().name(),
              other == null ? conversation : other.value(),
              change.active(),
              clock.instant(),
              version,
              ttl));
      writes.together(ofConversation);
    }
    for (Standing standing : written.standings()) {
      writes.together(List.of(standing(standing.conversation(), standing.member(), true, version)));
    }
  }

  private BoundStatement standing(
      ConversationId conversation, Member member, boolean active, long version) {
    Instant muted = member.mutedUntil();
    return insertMember.bind(
        conversation.value(),
        member.user().value(),
        member.role().value(),
        active,
        json.writeValueAsString(member.overrides()),
        muted == null ? Instant.EPOCH : muted,
        version,
        active ? FOR_EVER : formerSeconds);
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
    CassandraWrites writes = new CassandraWrites(tables);
    for (UserId user : users) {
      writes.together(
          List.of(insertMemberView.bind(conversation.value(), user.value(), from, time, FOR_EVER)));
      writes.atOnce(
          List.of(
              insertInboxView.bind(
                  user.value(), conversation.value(), from, count, time, FOR_EVER)));
    }
    writes.end();
  }

  /** All who are or lately were members. */
  public Map<UserId, StoredMember> stored(ConversationId conversation) {
    return stored(tables.execute(selectMembers.bind(conversation.value())));
  }

  /** Those of some users who are members, in each of the conversations; all at once. */
  Map<ConversationId, Map<UserId, Member>> members(Map<ConversationId, Set<UserId>> asked) {
    Map<ConversationId, CompletableFuture<AsyncResultSet>> started = new HashMap<>();
    asked.forEach(
        (conversation, users) -> {
          List<UUID> ids = users.stream().map(UserId::value).toList();
          started.put(
              conversation, tables.start(selectSomeMembers.bind(conversation.value(), ids)));
        });
    Map<ConversationId, Map<UserId, Member>> members = new HashMap<>();
    started.forEach(
        (conversation, rows) -> members.put(conversation, members(CassandraTables.rows(rows))));
    return members;
  }

  public Map<UserId, StoredMember> stored(ConversationId conversation, Set<UserId> users) {
    List<UUID> ids = users.stream().map(UserId::value).toList();
    return stored(tables.execute(selectSomeMembers.bind(conversation.value(), ids)));
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
    return members(tables.execute(selectMembers.bind(conversation.value())));
  }

  private Map<UserId, Member> members(Iterable<Row> rows) {
    Map<UserId, Member> members = new HashMap<>();
    for (Row row : rows) {
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

  List<Place> places(UserId user) {
    return places(user, tables.execute(selectInbox.bind(user.value())));
  }

  /** Those of the user's that are in some conversations. */
  List<Place> places(UserId user, Collection<ConversationId> conversations) {
    List<UUID> ids = conversations.stream().map(ConversationId::value).toList();
    return places(user, tables.execute(selectSomePlaces.bind(user.value(), ids)));
  }

  /** Of each, in a few requests. */
  Map<UserId, List<Place>> places(Collection<UserId> users) {
    Map<UserId, List<Row>> rows = new HashMap<>();
    users.forEach(user -> rows.put(user, new ArrayList<>()));
    for (Row row : tables.rows(selectInboxes, users.stream().map(UserId::value).toList())) {
      UserId user = new UserId(Objects.requireNonNull(row.getUuid("user_id")));
      rows.computeIfAbsent(user, none -> new ArrayList<>()).add(row);
    }
    Map<UserId, List<Place>> places = new HashMap<>();
    rows.forEach((user, its) -> places.put(user, places(user, its)));
    return places;
  }

  private static List<Place> places(UserId user, Iterable<Row> rows) {
    List<Place> places = new ArrayList<>();
    for (Row row : rows) {
      if (!row.isNull("kind")) {
        Instant changedAt = row.getInstant("changed_at");
        places.add(
            new Place(
                membership(user, row),
                row.getBoolean("active"),
                changedAt == null ? Instant.EPOCH : changedAt));
      }
    }
    return places;
  }

  private static Membership membership(UserId user, Row row) {
    Conversation.Kind kind = Conversation.Kind.valueOf(row.getString("kind"));
    return new Membership(
        user,
        new ConversationId(Objects.requireNonNull(row.getUuid("conversation_id"))),
        kind,
        kind == Conversation.Kind.GROUP
            ? null
            : new UserId(Objects.requireNonNull(row.getUuid("other_user_id"))),
        row.isNull("visible_from") ? Member.EVERYTHING : row.getLong("visible_from"),
        row.getLong("visible_count"));
  }
}
