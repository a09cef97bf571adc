package io.parley.group.groups;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules to set; what is absent stays.
 *
 * @param permissions the lowest role that has each; only those that are named
 * @param slowModeSeconds at most an hour
 * @param editSeconds how long after it was sent a message can be edited, at most a year; 0: never
 * @param expireSeconds how long after it was sent a message disappears, 5 seconds to a year; 0:
 *     never
 * @param announcementOnly another word for who may write: from moderators on, or all
 */
record SettingsChange(
    @Nullable Map<GroupPermission, GroupRole> permissions,
    @Min(0) @Max(3600) @Nullable Integer slowModeSeconds,
    @Min(0) @Max(31_536_000) @Nullable Integer editSeconds,
    GroupPolicy.@Nullable History historyForJoiners,
    @Min(0) @Max(31_536_000) @Nullable Integer expireSeconds,
    @Nullable Boolean announcementOnly) {

  private static final int SHORTEST_LIFE = 5;

  @AssertTrue(message = "expireSeconds must be 0, or at least " + SHORTEST_LIFE)
  boolean isLongEnough() {
    return expireSeconds == null || expireSeconds == 0 || expireSeconds >= SHORTEST_LIFE;
  }

  @AssertTrue(message = "announcementOnly and permissions.write say the same: give one of them")
  boolean isUnambiguous() {
    return announcementOnly == null
        || permissions == null
        || !permissions.containsKey(GroupPermission.WRITE);
  }

  @AssertTrue(message = "a permission needs a role")
  boolean isComplete() {
    return permissions == null || !permissions.containsValue(null);
  }

  GroupPolicy over(GroupPolicy before) {
    Map<GroupPermission, GroupRole> table = new EnumMap<>(before.permissions());
    if (permissions != null) {
      table.putAll(permissions);
    }
    if (announcementOnly != null) {
      table.put(GroupPermission.WRITE, announcementOnly ? GroupRole.MODERATOR : GroupRole.MEMBER);
    }
    return new GroupPolicy(
        table,
        slowModeSeconds == null ? before.slowModeSeconds() : slowModeSeconds,
        editSeconds == null ? before.editSeconds() : editSeconds,
        historyForJoiners == null ? before.historyForJoiners() : historyForJoiners,
        expireSeconds == null ? before.expireSeconds() : expireSeconds);
  }
}
