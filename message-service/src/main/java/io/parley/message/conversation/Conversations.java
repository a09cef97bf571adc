package io.parley.message.conversation;

import io.parley.common.groups.GroupPermission;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.CassandraMemberStore.Place;
import io.parley.message.log.RedisLastMessages;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Conversations and who is in them. Groups belong to group-service; what stands here is a
 * projection of its events, which a send can use without a call.
 */
@Service
public class Conversations {

  /** The type of the bus event by which nodes tell one another that members were stored anew. */
  public static final String ROSTER = "ROSTER";

  private final CassandraConversationStore store;
  private final CassandraMemberStore memberStore;
  private final FleetClient fleet;
  private final JoinsInLog joins;
  private final RedisBus bus;
  private final RedisLastMessages lastMessages;
  private final Duration formerMembers;
  private final Clock clock;

  Conversations(
      CassandraConversationStore store,
      CassandraMemberStore memberStore,
      FleetClient fleet,
      JoinsInLog joins,
      RedisBus bus,
      RedisLastMessages lastMessages,
      ConversationProperties properties,
      Clock clock) {
    this.store = store;
    this.memberStore = memberStore;
    this.fleet = fleet;
    this.joins = joins;
    this.bus = bus;
    this.lastMessages = lastMessages;
    this.formerMembers = properties.formerMembers();
    this.clock = clock;
  }

  /**
   * The direct conversation of two users, made if need be; of a user with themselves: their notes.
   *
   * @throws ProblemException 404 {@code unknown-user}; 403 {@code blocked}, when there is none yet
   */
  public Membership direct(UserId user, UserId other) {
    ConversationId id = Conversation.direct(user, other);
    Membership mine = Membership.ofTwo(user, id, other);
    if (store.find(id) != null) {
      return mine;
    }
    if (!user.equals(other)) {
      requireOpenTo(user, other);
    }
    return make(mine, other);
  }

  private void requireOpenTo(UserId user, UserId other) {
    FleetClient.User found = fleet.user(other, user);
    if (found == null) {
      throw new ProblemException(ConversationProblem.UNKNOWN_USER);
    }
    if (found.blocked()) {
      throw new ProblemException(ConversationProblem.BLOCKED);
    }
  }

  private Membership make(Membership mine, UserId other) {
    ConversationId id = mine.conversation();
    UserId user = mine.user();
    List<Change> members = new ArrayList<>();
    members.add(new Change(mine, Member.plain(user), true));
    if (!user.equals(other)) {
      members.add(new Change(Membership.ofTwo(other, id, user), Member.plain(other), true));
    }
    memberStore.put(members, 1);
    // Last: a conversation that is found has its members.
    store.put(Conversation.ofTwo(id), 1, true);
    lastMessages.found(id, 0, clock.instant());
    announceJoined(id, members.stream().map(member -> member.member().user()).toList());
    return mine;
  }

  /**
   * Makes a direct conversation whole of which only the user's membership was written.
   *
   * @return false when there is none
   */
  public boolean complete(UserId user, ConversationId id) {
    for (Membership half : of(user)) {
      UserId other = half.otherUser();
      if (half.conversation().equals(id) && other != null) {
        make(half, other);
        return true;
      }
    }
    return false;
  }

  /**
   * @throws ProblemException 404 {@code conversation-not-found}
   */
  public Conversation get(ConversationId id) {
    Conversation found = store.find(id);
    if (found == null) {
      found = halfMade(id);
    }
    // A group whose event is still on its way: whoever made it expects to write at once.
    return found == null ? fetch(id) : found;
  }

  /** A direct conversation whose maker died before it wrote the last row. */
  private @Nullable Conversation halfMade(ConversationId id) {
    List<UserId> members = List.copyOf(memberStore.members(id).keySet());
    if (members.isEmpty() || members.size() > 2) {
      return null;
    }
    UserId first = members.get(0);
    UserId last = members.get(members.size() - 1);
    if (!id.equals(Conversation.direct(first, last))) {
      return null;
    }
    make(Membership.ofTwo(first, id, last), last);
    return Conversation.ofTwo(id);
  }

  /** Nothing is settled here and nothing put into the log: the events that do so will come. */
  private Conversation fetch(ConversationId id) {
    FleetClient.Group group = fleet.group(id.value());
    if (group == null) {
      throw new ProblemException(ConversationProblem.CONVERSATION_NOT_FOUND);
    }
    Conversation conversation =
        Conversation.ofGroup(id, group.name(), group.policy(), group.archived());
    List<Change> changes = new ArrayList<>();
    List<UserId> users = new ArrayList<>();
    for (FleetClient.GroupMember member : group.members()) {
      changes.add(new Change(Membership.inGroup(member.userId(), id), member(member), true));
      users.add(member.userId());
    }
    joins
        .views(conversation, users)
        .forEach(
            (view, seeing) -> {
              // Where nothing is written everything is seen.
              if (view.from() != Member.EVERYTHING) {
                memberStore.assumeFrom(id, seeing, group.version(), view.from(), view.count());
              }
            });
    memberStore.put(changes, group.version());
    store.put(conversation, group.version(), true);
    announceJoined(id, users);
    return conversation;
  }

  /** Who is in a group, as group-service says it. */
  public static Member member(FleetClient.GroupMember member) {
    Map<GroupPermission, Boolean> overrides = member.overrides();
    return new Member(
        member.userId(),
        member.role(),
        overrides == null ? Map.of() : overrides,
        member.mutedUntil(),
        Member.EVERYTHING);
  }

  /** A conversation and who is in it, as they are stored now. */
  public record Roster(Conversation conversation, Map<UserId, Member> members) {}

  public Roster roster(ConversationId id) {
    return new Roster(get(id), memberStore.members(id));
  }

  /** Those that are known here, as they are stored now; nobody else is asked. All at once. */
  public Map<ConversationId, Conversation> known(Collection<ConversationId> ids) {
    return store.find(ids);
  }

  /** Those of some users who are members, in each of the conversations; all at once. */
  public Map<ConversationId, Map<UserId, Member>> members(Map<ConversationId, Set<UserId>> asked) {
    return memberStore.members(asked);
  }

  /** How many members a conversation has. */
  public int countMembers(ConversationId id) {
    return memberStore.members(id).size();
  }

  /** Where these users are members; a request for each of them, all at once. */
  public Map<UserId, List<Membership>> of(Collection<UserId> users) {
    Map<UserId, List<Membership>> memberships = new HashMap<>();
    memberStore
        .places(users)
        .forEach(
            (user, places) ->
                memberships.put(
                    user, places.stream().filter(Place::active).map(Place::membership).toList()));
    return memberships;
  }

  public List<Membership> of(UserId user) {
    return places(user).stream().filter(Place::active).map(Place::membership).toList();
  }

  /** Those of some conversations where a user is a member, in no order. */
  public List<Membership> of(UserId user, Collection<ConversationId> some) {
    return memberStore.places(user, some).stream()
        .filter(Place::active)
        .map(Place::membership)
        .toList();
  }

  /** Where a user is a member, and where they lately were. */
  public List<Place> places(UserId user) {
    return memberStore.places(user);
  }

  /** How long {@link #places} has where somebody was a member. */
  public Duration keepsFormerMembersFor() {
    return formerMembers;
  }

  /** Has nodes that have this conversation open read its members again; no client hears of it. */
  public void announceRoster(ConversationId id) {
    bus.publish(
        Topic.of(id),
        BusEvent.passing("{\"type\":\"" + ROSTER + "\",\"conversationId\":\"" + id + "\"}"));
  }

  /** Tells the nodes on which these users hang: a node may not know the conversation yet. */
  public void announceJoined(ConversationId id, List<UserId> users) {
    BusEvent hint = BusEvent.passing("{\"type\":\"JOINED\",\"conversationId\":\"" + id + "\"}");
    users.forEach(user -> bus.publish(Topic.of(user), hint));
  }

  /** The name of a group, or null. */
  public @Nullable String name(Membership membership) {
    Conversation found =
        membership.kind() == Conversation.Kind.GROUP ? store.find(membership.conversation()) : null;
    return found == null ? null : found.name();
  }
}
