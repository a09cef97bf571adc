package io.parley.group.groups;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import java.util.Map;

/**
 * The rules of a group, for its members.
 *
 * @param permissions the lowest role that has each
 * @param editSeconds how long after it was sent a message can be edited; 0: never
 * @param expireSeconds how long after it was sent a message disappears; 0: never
 * @param announcementOnly whether plain members may not write
 */
record SettingsView(
    Map<GroupPermission, GroupRole> permissions,
    int slowModeSeconds,
    long editSeconds,
    GroupPolicy.History historyForJoiners,
    long expireSeconds,
    boolean announcementOnly) {

  static SettingsView of(GroupPolicy policy) {
    return new SettingsView(
        policy.permissions(),
        policy.slowModeSeconds(),
        policy.editWindow().toSeconds(),
        policy.historyForJoiners(),
        policy.messageLife().toSeconds(),
        policy.permissions().get(GroupPermission.WRITE) != GroupRole.MEMBER);
  }
}
