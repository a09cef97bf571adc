package io.parley.message.groups;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes steps: the projection first, then the log, then everybody who looks. A step may be taken
 * again, and after a newer one.
 */
@Component
class GroupSteps {

  private final CassandraConversationStore store;
  private final CassandraMemberStore memberStore;
  private final Conversations conversations;
  private final EventLog log;
  private final RedisBus bus;
  private final JsonMapper json;

  GroupSteps(
      CassandraConversationStore store,
      CassandraMemberStore memberStore,
      Conversations conversations,
      EventLog log,
      RedisBus bus,
      JsonMapper json) {
    this.store = store;
    this.memberStore = memberStore;
    this.conversations = conversations;
    this.log = log;
    this.bus = bus;
    this.json = json;
  }

  void take(GroupStep step) {
    storeMembers(step);
    storeGroup(step);
    tell(step);
  }

  /**
   * How far those who join see comes first: nobody is a member, even for a moment, who sees too
   * much.
   */
  void storeMembers(GroupStep step) {
    ConversationId id = step.group().id();
    if (step.hidesThePast()) {
      memberStore.hideFrom(id, step.joined(), step.version());
    } else {
      memberStore.showFrom(id, step.joined(), step.version(), Member.EVERYTHING, 0);
    }
    List<Change> changes = new ArrayList<>();
    add(changes, id, step.added(), true);
    add(changes, id, step.updated(), true);
    add(changes, id, step.removed(), false);
    memberStore.put(changes, step.version());
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
