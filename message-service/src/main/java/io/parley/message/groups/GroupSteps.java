package io.parley.message.groups;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.CassandraMemberStore.FirstView;
import io.parley.message.conversation.CassandraMemberStore.Standing;
import io.parley.message.conversation.CassandraMemberStore.Written;
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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
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
      CompletableFuture<Void> row = writeRow(step);
      memberStore.put(List.of(members(step, follows)));
      CassandraTables.answer(row);
    } else {
      memberStore.put(List.of(members(step, follows)));
      if (scope == Scope.ALL) {
        storeGroup(step);
      }
    }
  }

  private CompletableFuture<Void> writeRow(GroupStep step) {
    return store.write(step.group(), step.version(), step.live(), false);
  }

  void storeMembers(GroupStep step) {
    memberStore.put(List.of(members(step, false)));
  }

  private static Written members(GroupStep step, boolean follows) {
    ConversationId id = step.group().id();
    FirstView first = step.hidesThePast() ? FirstView.NOTHING_YET : FirstView.EVERYTHING;
    Map<UserId, FirstView> joined = new HashMap<>();
    step.joined().forEach(user -> joined.put(user, first));
    List<Change> changes = new ArrayList<>();
    add(changes, id, step.added(), true);
    add(changes, id, step.removed(), false);
    List<Standing> standings = new ArrayList<>();
    if (follows) {
      step.updated().forEach(member -> standings.add(new Standing(id, member)));
    } else {
      add(changes, id, step.updated(), true);
    }
    return new Written(changes, standings, step.version(), joined);
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
    LogEvent event = log.appendOnce(draft(step)).event();
    show(step, event);
    publish(step, event);
    announceJoined(step);
  }

  /**
   * Takes several steps that follow one another, of a group that is listed: each part of the work
   * for all of them at once, and no part before the one ahead of it is done. The group's row tells
   * that something newer is here; so before it is written nothing must be left of the steps that a
   * repeat would leave out because of that.
   *
   * @param renamed the last of them with which the row is another; null when none is
   */
  List<Runnable> together(List<GroupStep> inOrder, @Nullable GroupStep renamed) {
    List<LogEvent> events = new ArrayList<>();
    return List.of(
        () -> memberStore.put(inOrder.stream().map(step -> members(step, true)).toList()),
        () -> events.addAll(log.appendOnce(inOrder.stream().map(this::draft).toList())),
        () -> forEach(inOrder, events, this::show),
        () -> inOrder.forEach(this::announceJoined),
        () -> {
          if (renamed != null) {
            CassandraTables.answer(writeRow(renamed));
          }
        },
        () -> forEach(inOrder, events, this::publish));
  }

  private static void forEach(
      List<GroupStep> steps, List<LogEvent> events, BiConsumer<GroupStep, LogEvent> action) {
    for (int i = 0; i < events.size(); i++) {
      action.accept(steps.get(i), events.get(i));
    }
  }

  private EventLog.Draft draft(GroupStep step) {
    return new EventLog.Draft(
        step.group().id(), step.actor(), step.key(), LogEvent.Kind.MEMBERS, payload(step));
  }

  private void show(GroupStep step, LogEvent event) {
    if (step.hidesThePast()) {
      memberStore.showFrom(
          step.group().id(), step.joined(), step.version(), event.seq(), event.messageCount());
    }
  }

  private void announceJoined(GroupStep step) {
    conversations.announceJoined(step.group().id(), step.joined());
  }

  private void publish(GroupStep step, LogEvent event) {
    bus.publish(event);
    notifications.left(step.group().id(), GroupStep.users(step.removed()), event.seq());
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
