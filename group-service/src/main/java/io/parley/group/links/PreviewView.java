package io.parley.group.links;

import io.parley.common.groups.GroupRole;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who is invited sees of the group.
 *
 * @param member whether the reader is in it already
 */
record PreviewView(
    GroupId groupId,
    String name,
    String description,
    int memberCount,
    GroupRole role,
    boolean needsApproval,
    @Nullable Instant expiresAt,
    boolean member) {

  static PreviewView of(Group group, Link link, boolean member) {
    return new PreviewView(
        group.id(),
        group.name(),
        group.description(),
        group.memberCount(),
        link.role(),
        link.needsApproval(),
        link.expiresAt(),
        member);
  }
}
