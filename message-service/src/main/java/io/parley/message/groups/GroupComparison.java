package io.parley.message.groups;

import io.parley.common.groups.GroupPolicy.History;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.CassandraMembershipStore;
import io.parley.message.conversation.CassandraMembershipStore.Known;
import io.parley.message.conversation.CassandraMembershipStore.Stored;
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
 * log, so that members learn of it. Called by the same one thread as {@link GroupProjection}.
 */
@Service
class GroupComparison {

  private static final Logger log = LoggerFactory.getLogger(GroupComparison.class);

  /** Stands for the service itself, where nobody knows any more who it was. */
  private static final UserId NOBODY = new UserId(new UUID(0, 0));

  private static final int PART = 500;

  private final CassandraMembershipStore store;
  private final FleetClient fleet;
  private final JoinsInLog joins;
  private final GroupSteps steps;

  GroupComparison(
      CassandraMembershipStore store, FleetClient fleet, JoinsInLog joins, GroupSteps steps) {
    this.store = store;
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
    Known known = store.known(id);
    FleetClient.Group group = fleet.group(id.value());
    if (group == null) {
      if (endIfUnknown && known != null && known.live()) {
        end(known);
      }
      return;
    }
    boolean behind = known == null || !known.live() || known.settled() < group.version();
    if (behind || (evenIfSettled && known != null && known.settled() == group.version())) {
      repair(id, known, group);
    }
  }

  private void repair(ConversationId id, @Nullable Known known, FleetClient.Group group) {
    Conversation now = Conversation.ofGroup(id, group.name(), group.policy(), group.archived());
    Map<UserId, Stored> rows = store.stored(id);
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
      Stored row = rows.get(member.user());
      if (restoring && row != null) {
        restored.add(member);
      } else if (row == null || !row.active()) {
        if (row == null || row.version() <= group.version()) {
          added.add(member);
        }
      } else if (!row.member().hasSameStandingAs(member) && row.version() <= group.version()) {
        updated.add(member);
      }
    }
    List<Member> removed = new ArrayList<>();
    for (Stored row : rows.values()) {
      if (row.active()
          && row.version() <= group.version()
          && !members.contains(row.member().user())) {
        removed.add(row.member());
      }
    }
    boolean rulesChanged = known != null && known.live() && !known.conversation().equals(now);
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
            GroupProjection.history(group.policy(), known),
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
  private Map<UserId, Stored> restored(Conversation group, long version) {
    Map<UserId, JoinsInLog.View> views = joins.known(group.id());
    Map<UserId, Stored> rows = new HashMap<>();
    Map<JoinsInLog.View, List<UserId>> byView = new HashMap<>();
    views.forEach(
        (user, view) -> {
          byView.computeIfAbsent(view, key -> new ArrayList<>()).add(user);
          // Of version 0: whatever group-service says of this member is newer.
          rows.put(user, new Stored(Member.plain(user).seeingFrom(view.from()), true, 0));
        });
    byView.forEach(
        (view, users) -> store.showFrom(group.id(), users, version, view.from(), view.count()));
    return rows;
  }

  private void end(Known known) {
    Conversation group = known.conversation();
    List<Member> removed = new ArrayList<>();
    store.stored(group.id()).values().stream()
        .filter(Stored::active)
        .map(Stored::member)
        .forEach(removed::add);
    long version = Math.max(known.newest(), known.settled()) + 1;
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
