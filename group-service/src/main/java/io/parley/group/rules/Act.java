package io.parley.group.rules;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a member can do to a group, and what it takes: a permission, which a group can
 * leave to lower roles or single members, or a role that nothing replaces. What is only about
 * messages is message-service's, by the same permissions.
 */
public enum Act {
  SEE(GroupRole.MEMBER, true),
  /** Name, description, avatar. */
  EDIT_INFO(GroupPermission.EDIT_INFO, false),
  /** Visibility, permissions, slow mode, history. */
  CHANGE_SETTINGS(GroupRole.ADMIN, false),
  ARCHIVE(GroupRole.OWNER, true),
  DELETE(GroupRole.OWNER, true),
  TRANSFER_OWNERSHIP(GroupRole.OWNER, true),
  CHANGE_ROLE(GroupRole.ADMIN, false),
  CHANGE_OVERRIDES(GroupRole.ADMIN, false),
  ADD_MEMBERS(GroupPermission.ADD_MEMBERS, false),
  /** Links, invitations, and deciding who asks to join. */
  INVITE(GroupPermission.INVITE, false),
  REMOVE_MEMBER(GroupPermission.MODERATE, true),
  MUTE(GroupPermission.MODERATE, false),
  BAN(GroupPermission.MODERATE, true),
  SEE_REPORTS(GroupPermission.MODERATE, true);

  private final @Nullable GroupPermission permission;
  private final GroupRole lowest;
  private final boolean inArchived;

  Act(GroupPermission permission, boolean inArchived) {
    this.permission = permission;
    this.lowest = GroupRole.OWNER;
    this.inArchived = inArchived;
  }

  Act(GroupRole lowest, boolean inArchived) {
    this.permission = null;
    this.lowest = lowest;
    this.inArchived = inArchived;
  }

  /** Null when a role decides. */
  @Nullable GroupPermission permission() {
    return permission;
  }

  /** The lowest role that may; of no meaning when a permission decides. */
  GroupRole lowest() {
    return lowest;
  }

  /** Whether it can be done to a group that is archived. */
  boolean inArchived() {
    return inArchived;
  }
}
