package io.parley.message.groups;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.CassandraMemberStore.FirstView;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.CassandraTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes steps: the projection first, then the log, then everybody who looks. A step may be taken
 * again, and after a newer one. Nobody is a member, even for a moment, who sees too much.
 */
@Component
class GroupSteps {

  private final CassandraConversationStore store;
  private final CassandraMemberStore memberStore;
  private final Conversations conversations;
  private final EventLog log;
  private final RedisBus bus;
  private final NotificationEvents notifications;
  private final JsonMapper json;

  GroupSteps(
      CassandraConversationStore store,
      CassandraMemberStore memberStore,
      Conversations conversations,
      EventLog log,
      RedisBus bus,
      NotificationEvents notifications,
      JsonMapper json) {
    this.store = store;
    this.memberStore = memberStore;
    this.conversations = conversations;
    this.log = log;
    this.bus = bus;
    this.notifications = notifications;
    this.json = json;
  }

  /** What of a group has to be written beside its members. */
  enum Scope {
    /** Nothing: it is the same as before. */
    MEMBERS,
    /** Its row; it is one that is listed, and nobody finds it without its members. */
    ROW,
    /** Its row and its place in the list, both after its members. */
    ALL
  }

  /**
   * @param follows everything before it is here: who is updated has a place in the group
   */
  void storeProjection(GroupStep step, Scope scope, boolean follows) {
    if (scope == Scope.ROW) {
      CompletableFuture<Void> row = store.write(step.group(), step.version(), step.live(), false);
      storeMembers(step, follows);
      CassandraTables.answer(row);
    } else {
      storeMembers(step, follows);
      if (scope == Scope.ALL) {
        storeGroup(step);
      }
    }
  }

  void storeMembers(GroupStep step) {
    storeMembers(step, false);
  }

  private void storeMembers(GroupStep step, boolean follows) {
    ConversationId id = step.group().id();
    FirstView first = step.hidesThePast() ? FirstView.NOTHING_YET : FirstView.EVERYTHING;
    Map<UserId, FirstView> joined = new HashMap<>();
    step.joined().forEach(user -> joined.put(user, first));
    List<Change> changes = new ArrayList<>();
    add(changes, id, step.added(), true);
    add(changes, id, step.removed(), false);
    if (follows) {
      memberStore.putStandings(id, step.updated(), step.version());
    } else {
      add(changes, id, step.updated(), true);
    }
    memberStore.put(changes, step.version(), joined);
  }

  private static void add(
      List<Change> changes, ConversationId id, List<Member> members, boolean active) {
    for (Member member : members) {
      changes.add(new Change(Membership.inGroup(member.user(), id), member, active));
    }
  }

  /** After its members: a conversation that is found has them. */
  void storeGroup(GroupStep step) {
    store.put(step.group(), step.version(), step.live());
  }

  /** When there is nothing for clients to learn: nodes may have read what was wrong. */
  void tellNodes(GroupStep step) {
    conversations.announceRoster(step.group().id());
  }

  void tell(GroupStep step) {
    ConversationId id = step.group().id();
    List<UserId> joined = step.joined();
    LogEvent event =
        log.appendOnce(
                new EventLog.Draft(
                    id, step.actor(), step.key(), LogEvent.Kind.MEMBERS, payload(step)))
            .event();
    if (step.hidesThePast()) {
      memberStore.showFrom(id, joined, step.version(), event.seq(), event.messageCount());
    }
    bus.publish(event);
    conversations.announceJoined(id, joined);
    notifications.left(id, GroupStep.users(step.removed()), event.seq());
  }

  private String payload(GroupStep step) {
    String name = step.group().name();
    return json.writeValueAsString(
        new MembersPayload(
            step.change(),
            name == null ? "" : name,
            step.version(),
            step.group().archived(),
            step.joined(),
            GroupStep.users(step.removed()),
            step.updated().stream().map(MembersPayload.Updated::of).toList(),
            step.history(),
            step.rulesChanged() ? step.group().policy() : null,
            step.actor()));
  }
}
