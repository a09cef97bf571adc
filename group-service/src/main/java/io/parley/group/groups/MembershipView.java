package io.parley.group.groups;

import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * A member, and the version of the group that has it.
 *
 * @param version the group's
 */
record MembershipView(GroupId groupId, long version, UserId userId, Role role, Instant joinedAt) {

  static MembershipView of(Group group, Membership membership) {
    return new MembershipView(
        group.id(), group.version(), membership.user(), membership.role(), membership.joinedAt());
  }
}
