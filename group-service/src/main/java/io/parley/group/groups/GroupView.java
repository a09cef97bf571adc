package io.parley.group.groups;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.OwnGroup;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group, without its members, who may be thousands.
 *
 * @param avatar changes with the picture; null: there is none
 * @param version grows with each change, members included
 * @param settings null for those who are no members
 * @param me null for those who are no members
 */
record GroupView(
    GroupId id,
    String name,
    String description,
    Group.Visibility visibility,
    Group.Joining joining,
    @Nullable String avatar,
    boolean archived,
    int memberCount,
    long version,
    Instant createdAt,
    @Nullable SettingsView settings,
    @Nullable Me me) {

  /**
   * The reader's own place.
   *
   * @param permissions those that the reader has
   */
  record Me(
      GroupRole role,
      Instant joinedAt,
      @Nullable Instant mutedUntil,
      List<GroupPermission> permissions) {

    static Me of(Group group, Membership membership) {
      return new Me(
          membership.role(),
          membership.joinedAt(),
          membership.mutedUntil(),
          group.rules().permissions(membership.standing()));
    }
  }

  static GroupView of(OwnGroup own) {
    return of(own.group(), own.membership());
  }

  static GroupView of(Group group, @Nullable Membership membership) {
    return new GroupView(
        group.id(),
        group.name(),
        group.description(),
        group.visibility(),
        group.joining(),
        group.avatarTag(),
        group.archived(),
        group.memberCount(),
        group.version(),
        group.createdAt(),
        membership == null ? null : SettingsView.of(group.policy()),
        membership == null ? null : Me.of(group, membership));
  }
}
