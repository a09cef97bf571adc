package io.parley.message.groups;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.GroupMembersChanged.Kind;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupPolicy.History;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.StoredMember;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Applies group-service's changes. Invariant: up to the settled version of a group everything is in
 * the projection and in the log, so what is not newer is dropped; what is newer may be applied any
 * number of times and in any order. Called for a group by one thread at a time in all of the fleet
 * ({@link GroupEventsListener}).
 */
@Service
class GroupProjection {

  private final CassandraConversationStore store;
  private final CassandraMemberStore memberStore;
  private final GroupSteps steps;

  GroupProjection(
      CassandraConversationStore store, CassandraMemberStore memberStore, GroupSteps steps) {
    this.store = store;
    this.memberStore = memberStore;
    this.steps = steps;
  }

  /**
   * @return false when changes before this one are missing: the group is to be compared
   */
  boolean apply(GroupMembersChanged change) {
    ConversationId id = new ConversationId(change.groupId());
    StoredConversation stored = store.stored(id);
    long settled = stored == null ? 0 : stored.settled();
    if (change.version() <= settled) {
      return true;
    }
    boolean next = change.version() == settled + 1 && (stored == null || stored.live());
    GroupStep step = step(id, change, stored);
    steps.storeProjection(step, parts(stored, step, next));
    steps.tell(step);
    if (next || change.kind() == Kind.DELETED) {
      store.settle(id, change.version());
      return true;
    }
    return false;
  }

  private static GroupSteps.Scope parts(
      @Nullable StoredConversation stored, GroupStep step, boolean next) {
    if (stored == null || !stored.live() || stored.settled() == 0) {
      return GroupSteps.Scope.ALL;
    }
    // Unless this version is settled at once, the row must tell that something of it is here.
    return next && stored.conversation().equals(step.group())
        ? GroupSteps.Scope.MEMBERS
        : GroupSteps.Scope.ROW;
  }

  private GroupStep step(
      ConversationId id, GroupMembersChanged change, @Nullable StoredConversation stored) {
    List<Member> added = new ArrayList<>();
    List<Member> removed = new ArrayList<>();
    List<Member> updated = new ArrayList<>();
    Map<UserId, StoredMember> before = before(id, change, stored);
    for (GroupMembersChanged.Member changed : change.changes()) {
      StoredMember row = before.get(changed.userId());
      Member member = member(changed);
      if (row != null && row.version() > change.version()) {
        continue;
      }
      if (!changed.active()) {
        removed.add(member);
      } else if (joins(change) || isNew(row)) {
        added.add(member);
      } else {
        updated.add(member);
      }
    }
    if (change.kind() == Kind.DELETED) {
      removed.clear();
      before.values().stream()
          .filter(StoredMember::active)
          .map(StoredMember::member)
          .forEach(removed::add);
    }
    return new GroupStep(
        Conversation.ofGroup(id, change.name(), change.policy(), change.archived()),
        true,
        change.version(),
        "group " + change.version(),
        change.actor(),
        change.kind().name(),
        added,
        removed,
        updated,
        change.kind() == Kind.CREATED ? History.ALL : history(change.policy(), stored),
        change.kind() == Kind.CREATED || change.kind() == Kind.UPDATED);
  }

  private static boolean joins(GroupMembersChanged change) {
    return change.kind() == Kind.CREATED || change.kind() == Kind.MEMBERS_ADDED;
  }

  /** Whose joining was not told, or was not brought to its end. */
  private static boolean isNew(@Nullable StoredMember row) {
    return row == null || !row.active() || row.member().visibleFrom() == Member.NOTHING_YET;
  }

  /** The rows that are needed to tell what is new: usually none. */
  private Map<UserId, StoredMember> before(
      ConversationId id, GroupMembersChanged change, @Nullable StoredConversation stored) {
    if (stored == null) {
      return Map.of();
    }
    if (change.kind() == Kind.DELETED) {
      return memberStore.stored(id);
    }
    boolean late = stored.newest() > change.version();
    boolean removes = change.kind() == Kind.MEMBERS_REMOVED;
    if (change.changes().isEmpty() || ((joins(change) || removes) && !late)) {
      return Map.of();
    }
    Set<UserId> users = new HashSet<>();
    change.changes().forEach(member -> users.add(member.userId()));
    return memberStore.stored(id, users);
  }

  /** For one whose joining was not told, the stricter of the rules before and after. */
  static History history(@Nullable GroupPolicy policy, @Nullable StoredConversation stored) {
    boolean strict =
        (policy != null && policy.historyForJoiners() == History.FROM_JOINING)
            || (stored != null
                && stored.conversation().policy().historyForJoiners() == History.FROM_JOINING);
    return strict ? History.FROM_JOINING : History.ALL;
  }

  private static Member member(GroupMembersChanged.Member member) {
    Map<GroupPermission, Boolean> overrides = member.overrides();
    return new Member(
        member.userId(),
        member.role(),
        overrides == null ? Map.of() : overrides,
        member.mutedUntil(),
        Member.EVERYTHING);
  }
}
