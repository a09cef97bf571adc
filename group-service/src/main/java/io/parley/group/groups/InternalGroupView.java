package io.parley.group.groups;

import io.parley.common.ids.UserId;
import java.util.List;

/** A group as the other services see it: what the events up to its version add up to. */
record InternalGroupView(GroupId id, String name, long version, List<Member> members) {

  static InternalGroupView of(GroupView group) {
    return new InternalGroupView(
        group.id(),
        group.name(),
        group.version(),
        group.members().stream().map(m -> new Member(m.userId(), m.role())).toList());
  }

  record Member(UserId userId, Role role) {}
}
