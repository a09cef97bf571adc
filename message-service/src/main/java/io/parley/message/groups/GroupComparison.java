package io.parley.message.groups;

import io.parley.common.groups.GroupPolicy.History;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.StoredMember;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.FleetClient;
import io.parley.message.conversation.JoinsInLog;
import io.parley.message.conversation.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Compares a group with group-service and makes good what is missing: in the projection, and in the
 * log, so that members learn of it. Called like {@link GroupProjection}.
 */
@Service
class GroupComparison {

  private static final Logger log = LoggerFactory.getLogger(GroupComparison.class);

  /** Stands for the service itself, where nobody knows any more who it was. */
  private static final UserId NOBODY = new UserId(new UUID(0, 0));

  private static final int PART = 500;

  private final CassandraConversationStore store;
  private final CassandraMemberStore memberStore;
  private final FleetClient fleet;
  private final JoinsInLog joins;
  private final GroupSteps steps;

  GroupComparison(
      CassandraConversationStore store,
      CassandraMemberStore memberStore,
      FleetClient fleet,
      JoinsInLog joins,
      GroupSteps steps) {
    this.store = store;
    this.memberStore = memberStore;
    this.fleet = fleet;
    this.joins = joins;
    this.steps = steps;
  }

  /**
   * @param endIfUnknown whether a group that group-service does not know has ended; else that is
   *     left to its DELETED event
   * @param evenIfSettled compare the members though the version is the same
   * @throws ProblemException 503 when group-service does not answer
   */
  void compare(ConversationId id, boolean endIfUnknown, boolean evenIfSettled) {
    StoredConversation stored = store.stored(id);
    FleetClient.Group group = fleet.group(id.value());
    if (group == null) {
      if (endIfUnknown && stored != null && stored.live()) {
        end(stored);
      }
      return;
    }
    boolean behind = stored == null || !stored.live() || stored.settled() < group.version();
    if (behind || (evenIfSettled && stored != null && stored.settled() == group.version())) {
      repair(id, stored, group);
    }
  }

  private void repair(
      ConversationId id, @Nullable StoredConversation stored, FleetClient.Group group) {
    Conversation now = Conversation.ofGroup(id, group.name(), group.policy(), group.archived());
    Map<UserId, StoredMember> rows = memberStore.stored(id);
    boolean restoring = rows.isEmpty();
    if (restoring) {
      rows = restored(now, group.version());
    }
    List<Member> restored = new ArrayList<>();
    List<Member> added = new ArrayList<>();
    List<Member> updated = new ArrayList<>();
    Set<UserId> members = new HashSet<>();
    for (FleetClient.GroupMember each : group.members()) {
      Member member = Conversations.member(each);
      members.add(member.user());
      StoredMember row = rows.get(member.user());
      if (restoring && row != null) {
        restored.add(member);
      } else if (row == null || GroupProjection.isNew(row)) {
        if (row == null || row.version() <= group.version()) {
          added.add(member);
        }
      } else if (!row.member().hasSameStandingAs(member) && row.version() <= group.version()) {
        updated.add(member);
      }
    }
    List<Member> removed = new ArrayList<>();
    for (StoredMember row : rows.values()) {
      if (row.active()
          && row.version() <= group.version()
          && !members.contains(row.member().user())) {
        removed.add(row.member());
      }
    }
    boolean rulesChanged = stored != null && stored.live() && !stored.conversation().equals(now);
    GroupStep step =
        new GroupStep(
            now,
            true,
            group.version(),
            "group repaired " + group.version(),
            NOBODY,
            MembersPayload.REPAIRED,
            added,
            removed,
            updated,
            GroupProjection.history(group.policy(), stored),
            rulesChanged);
    steps.storeMembers(step.ofUnchanged(restored));
    take(step);
    store.settle(id, group.version());
    log.info(
        "group {} is at version {} now: {} added, {} removed, {} updated",
        id,
        group.version(),
        added.size(),
        removed.size(),
        updated.size());
  }

  private void take(GroupStep step) {
    List<GroupStep> parts = step.parts(PART);
    parts.forEach(steps::storeMembers);
    steps.storeGroup(step);
    if (step.saysNothing()) {
      steps.tellNodes(step);
    } else {
      parts.forEach(steps::tell);
    }
  }

  /**
   * A group of which the projection has nothing may have a log all the same: who it says is a
   * member is no joiner, and sees no more and no less than before.
   */
  private Map<UserId, StoredMember> restored(Conversation group, long version) {
    Map<UserId, JoinsInLog.View> views = joins.viewsOfMembers(group.id());
    Map<UserId, StoredMember> rows = new HashMap<>();
    Map<JoinsInLog.View, List<UserId>> byView = new HashMap<>();
    views.forEach(
        (user, view) -> {
          byView.computeIfAbsent(view, key -> new ArrayList<>()).add(user);
          // Of version 0: whatever group-service says of this member is newer.
          rows.put(user, new StoredMember(Member.plain(user).seeingFrom(view.from()), true, 0));
        });
    byView.forEach(
        (view, users) ->
            memberStore.showFrom(group.id(), users, version, view.from(), view.count()));
    return rows;
  }

  private void end(StoredConversation stored) {
    Conversation group = stored.conversation();
    List<Member> removed = new ArrayList<>();
    memberStore.stored(group.id()).values().stream()
        .filter(StoredMember::active)
        .map(StoredMember::member)
        .forEach(removed::add);
    long version = Math.max(stored.newest(), stored.settled()) + 1;
    take(
        new GroupStep(
            group,
            false,
            version,
            "group ended " + version,
            NOBODY,
            "DELETED",
            List.of(),
            removed,
            List.of(),
            History.ALL,
            false));
    log.info("group {} is no more: {} members removed", group.id(), removed.size());
  }
}
