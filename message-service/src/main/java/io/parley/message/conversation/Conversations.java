package io.parley.message.conversation;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.CassandraMembershipStore.Change;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conversations and who is in them. Groups belong to group-service; what stands here is a
 * projection of its events, which a send can use without a call.
 */
@Service
public class Conversations {

  private final CassandraMembershipStore store;
  private final FleetClient fleet;
  private final EventLog log;
  private final RedisBus bus;
  private final JsonMapper json;

  Conversations(
      CassandraMembershipStore store,
      FleetClient fleet,
      EventLog log,
      RedisBus bus,
      JsonMapper json) {
    this.store = store;
    this.fleet = fleet;
    this.log = log;
    this.bus = bus;
    this.json = json;
  }

  /**
   * The direct conversation of two users, made if need be.
   *
   * @throws ProblemException 404 {@code unknown-user}; 403 {@code blocked}, when there is none yet;
   *     400 when both are the same
   */
  Membership direct(UserId user, UserId other) {
    if (user.equals(other)) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "userId: a direct conversation needs another user");
    }
    ConversationId id = Conversation.direct(user, other);
    Membership mine = new Membership(user, id, Conversation.Kind.DIRECT, other);
    if (store.find(id) != null) {
      return mine;
    }
    FleetClient.User found = fleet.user(other, user);
    if (found == null) {
      throw new ProblemException(ConversationProblem.UNKNOWN_USER);
    }
    if (found.blocked()) {
      throw new ProblemException(ConversationProblem.BLOCKED);
    }
    Membership theirs = new Membership(other, id, Conversation.Kind.DIRECT, user);
    store.put(
        List.of(
            new Change(mine, GroupRole.MEMBER, true), new Change(theirs, GroupRole.MEMBER, true)),
        1);
    // Last: a conversation that is found has its members.
    store.put(new Conversation(id, Conversation.Kind.DIRECT, null), 1);
    joined(id, List.of(user, other));
    return mine;
  }

  /**
   * @throws ProblemException 404 {@code conversation-not-found}
   */
  public Conversation get(ConversationId id) {
    Conversation found = store.find(id);
    if (found == null) {
      // A group whose event is still on its way: whoever made it expects to write at once.
      FleetClient.Group group = fleet.group(id.value());
      if (group == null) {
        throw new ProblemException(ConversationProblem.CONVERSATION_NOT_FOUND);
      }
      List<Change> changes = new ArrayList<>();
      for (FleetClient.Member member : group.members()) {
        changes.add(new Change(inGroup(id, member.userId()), member.role(), true));
      }
      found = new Conversation(id, Conversation.Kind.GROUP, group.name());
      store.put(changes, group.version());
      store.put(found, group.version());
      joined(id, group.members().stream().map(FleetClient.Member::userId).toList());
    }
    return found;
  }

  public Set<UserId> members(ConversationId id) {
    return store.members(id);
  }

  public List<Membership> of(UserId user) {
    return store.of(user);
  }

  /**
   * Applies a change of a group: the projection first, then the log, then everybody who looks. May
   * be called again with the same change, and with an older one.
   */
  void apply(GroupMembersChanged change) {
    ConversationId id = new ConversationId(change.groupId());
    List<Change> changes = new ArrayList<>();
    List<UserId> added = new ArrayList<>();
    List<UserId> removed = new ArrayList<>();
    for (GroupMembersChanged.Member member : change.changes()) {
      changes.add(new Change(inGroup(id, member.userId()), member.role(), member.active()));
      (member.active() ? added : removed).add(member.userId());
    }
    store.put(changes, change.version());
    store.put(new Conversation(id, Conversation.Kind.GROUP, change.name()), change.version());
    LogEvent event =
        log.append(
                new EventLog.Draft(
                    id,
                    change.actor(),
                    "group " + change.version(),
                    LogEvent.Kind.MEMBERS,
                    payload(change, added, removed)))
            .event();
    bus.publish(event);
    joined(id, added);
  }

  private String payload(GroupMembersChanged change, List<UserId> added, List<UserId> removed) {
    return json.writeValueAsString(
        new MembersPayload(change.kind().name(), change.name(), added, removed, change.actor()));
  }

  /** The members of a MEMBERS event that are its own. */
  private record MembersPayload(
      String change, String name, List<UserId> added, List<UserId> removed, UserId actorId) {}

  /** Tells the nodes on which these users hang: a node may not know the conversation yet. */
  private void joined(ConversationId id, List<UserId> users) {
    BusEvent hint = BusEvent.passing("{\"type\":\"JOINED\",\"conversationId\":\"" + id + "\"}");
    users.forEach(user -> bus.publish(Topic.of(user), hint));
  }

  private static Membership inGroup(ConversationId id, UserId user) {
    return new Membership(user, id, Conversation.Kind.GROUP, null);
  }

  /** The name of a group, or null. */
  @Nullable String name(Membership membership) {
    Conversation found =
        membership.kind() == Conversation.Kind.GROUP ? store.find(membership.conversation()) : null;
    return found == null ? null : found.name();
  }
}
