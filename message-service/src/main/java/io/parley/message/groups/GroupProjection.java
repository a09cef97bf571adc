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
import java.util.UUID;
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

  Group group(UUID id) {
    return new Group(new ConversationId(id));
  }

  /**
   * One group, while some of its changes are applied one after the other: it is read once, and
   * settled once, at the end. Changes that follow one another wait, and are then taken together.
   */
  final class Group {

    private final ConversationId id;
    private boolean known;

    /** As it would be read if it were settled now. */
    private @Nullable StoredConversation stored;

    private long unsettled;
    private final List<GroupStep> waiting = new ArrayList<>();

    /** The last of those with which the row is another. */
    private @Nullable GroupStep renamed;

    private Group(ConversationId id) {
      this.id = id;
    }

    /**
     * Applies a change, or has it wait for {@link #flush} or {@link #settle}.
     *
     * @return false when changes before this one are missing: the group is to be compared
     */
    boolean apply(GroupMembersChanged change) {
      if (!known) {
        stored = store.stored(id);
        known = true;
      }
      long version = change.version();
      long settled = stored == null ? 0 : stored.settled();
      if (version <= settled) {
        return true;
      }
      boolean next = version == settled + 1 && (stored == null || stored.live());
      if (stored != null && next && canWait(change, stored)) {
        await(step(id, change, stored, true), stored);
        return true;
      }
      flush();
      GroupStep step = step(id, change, stored, next);
      GroupSteps.Scope scope = scope(stored, step, next);
      steps.storeProjection(step, scope, next);
      steps.tell(step);
      boolean whole = next || change.kind() == Kind.DELETED;
      unsettled = whole ? version : unsettled;
      stored = after(stored, step, scope, whole ? version : settled);
      return whole;
    }

    private boolean canWait(GroupMembersChanged change, StoredConversation before) {
      return before.settled() > 0
          && before.newest() <= change.version()
          && change.kind() != Kind.DELETED;
    }

    private void await(GroupStep step, StoredConversation before) {
      GroupSteps.Scope scope = scope(before, step, true);
      waiting.add(step);
      renamed = scope == GroupSteps.Scope.ROW ? step : renamed;
      unsettled = step.version();
      stored = after(before, step, scope, step.version());
    }

    /** Applies what waits. */
    void flush() {
      parts().forEach(Runnable::run);
      waiting.clear();
      renamed = null;
    }

    /** What {@link #flush} does, one after the other; a process may die between any two. */
    List<Runnable> parts() {
      return waiting.isEmpty() ? List.of() : steps.together(List.copyOf(waiting), renamed);
    }

    /** Before anything else looks at the group, and before the changes are acknowledged. */
    void settle() {
      flush();
      if (unsettled > 0) {
        store.settle(id, unsettled);
      }
      unsettled = 0;
      known = false;
    }
  }

  private static GroupSteps.Scope scope(
      @Nullable StoredConversation stored, GroupStep step, boolean next) {
    if (stored == null || !stored.live() || stored.settled() == 0) {
      return GroupSteps.Scope.ALL;
    }
    // Unless this version is settled at once, the row must tell that something of it is here.
    return next && stored.conversation().equals(step.group())
        ? GroupSteps.Scope.MEMBERS
        : GroupSteps.Scope.ROW;
  }

  private static StoredConversation after(
      @Nullable StoredConversation before, GroupStep step, GroupSteps.Scope scope, long settled) {
    return before != null && (scope == GroupSteps.Scope.MEMBERS || before.newest() > step.version())
        ? new StoredConversation(before.conversation(), before.live(), settled, before.newest())
        : new StoredConversation(step.group(), step.live(), settled, step.version());
  }

  private GroupStep step(
      ConversationId id,
      GroupMembersChanged change,
      @Nullable StoredConversation stored,
      boolean next) {
    List<Member> added = new ArrayList<>();
    List<Member> removed = new ArrayList<>();
    List<Member> updated = new ArrayList<>();
    Map<UserId, StoredMember> before = before(id, change, stored, next);
    for (GroupMembersChanged.Member changed : change.changes()) {
      StoredMember row = before.get(changed.userId());
      Member member = member(changed);
      if (row != null && row.version() > change.version()) {
        continue;
      }
      if (!changed.active()) {
        removed.add(member);
      } else if (joins(change) || (!next && isNew(row))) {
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
  static boolean isNew(@Nullable StoredMember row) {
    return row == null || !row.active() || row.member().visibleFrom() == Member.NOTHING_YET;
  }

  /** The rows that are needed to tell what is new: usually none. */
  private Map<UserId, StoredMember> before(
      ConversationId id,
      GroupMembersChanged change,
      @Nullable StoredConversation stored,
      boolean next) {
    if (stored == null) {
      return Map.of();
    }
    if (change.kind() == Kind.DELETED) {
      return memberStore.stored(id);
    }
    boolean late = stored.newest() > change.version();
    boolean removes = change.kind() == Kind.MEMBERS_REMOVED;
    if (change.changes().isEmpty() || ((next || joins(change) || removes) && !late)) {
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
