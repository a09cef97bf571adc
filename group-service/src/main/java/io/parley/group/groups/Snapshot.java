package io.parley.group.groups;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupPolicy;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import java.util.List;

/** A group as the other services see it: what the events up to its version add up to. */
record Snapshot(
    GroupId id,
    String name,
    long version,
    boolean archived,
    GroupPolicy policy,
    List<GroupMembersChanged.Member> members) {

  static Snapshot of(Group group, List<Membership> members) {
    return new Snapshot(
        group.id(),
        group.name(),
        group.version(),
        group.archived(),
        group.policy(),
        members.stream()
            .map(
                m ->
                    new GroupMembersChanged.Member(
                        m.user(), m.role(), true, m.mutedUntil(), m.overrides()))
            .toList());
  }

  /** Enough to see whether one's copy is up to date. */
  record Head(GroupId id, long version) {}
}
