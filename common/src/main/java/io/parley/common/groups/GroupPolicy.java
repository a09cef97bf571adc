package io.parley.common.groups;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one group.
 *
 * @param permissions the lowest role that has each permission; what is missing is as {@link
 *     GroupPermission#usual}
 * @param slowModeSeconds between two messages of one member who may not moderate; 0 is off
 * @param editSeconds how long after it was sent a message can be edited; 0: never. What is missing
 *     is {@link #USUAL_EDIT_SECONDS}
 * @param historyForJoiners what those who join see of the time before
 * @param expireSeconds how long after it was sent a message disappears; 0 or missing: never
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupPolicy(
    Map<GroupPermission, GroupRole> permissions,
    int slowModeSeconds,
    @Nullable Integer editSeconds,
    History historyForJoiners,
    @Nullable Integer expireSeconds) {

  /** A day. */
  public static final int USUAL_EDIT_SECONDS = 86_400;

  public static final GroupPolicy USUAL =
      new GroupPolicy(Map.of(), 0, USUAL_EDIT_SECONDS, History.ALL, 0);

  /** From where on a member sees the conversation. */
  public enum History {
    @JsonProperty("all")
    ALL,
    @JsonProperty("from_joining")
    FROM_JOINING
  }

  public GroupPolicy {
    Map<GroupPermission, GroupRole> all = new EnumMap<>(GroupPermission.class);
    for (GroupPermission permission : GroupPermission.values()) {
      all.put(permission, permissions.getOrDefault(permission, permission.usual()));
    }
    permissions = Collections.unmodifiableMap(all);
    editSeconds = editSeconds == null ? USUAL_EDIT_SECONDS : editSeconds;
    expireSeconds = expireSeconds == null ? 0 : expireSeconds;
  }

  /** Of a group whose messages stay. */
  public GroupPolicy(
      Map<GroupPermission, GroupRole> permissions,
      int slowModeSeconds,
      @Nullable Integer editSeconds,
      History historyForJoiners) {
    this(permissions, slowModeSeconds, editSeconds, historyForJoiners, 0);
  }

  /** The same but for this. */
  public GroupPolicy withExpireSeconds(int seconds) {
    return new GroupPolicy(permissions, slowModeSeconds, editSeconds, historyForJoiners, seconds);
  }

  /** How long after it was sent a message disappears; zero: never. */
  public Duration messageLife() {
    return Duration.ofSeconds(expireSeconds == null ? 0 : expireSeconds);
  }

  /** How long after it was sent a message can be edited; zero: never. */
  public Duration editWindow() {
    return Duration.ofSeconds(editSeconds == null ? USUAL_EDIT_SECONDS : editSeconds);
  }

  /**
   * Whether a member may: the owner always; else what was decided for this member; else by role.
   *
   * @param overrides the member's own, true or false
   */
  public boolean allows(
      GroupRole role, Map<GroupPermission, Boolean> overrides, GroupPermission permission) {
    if (role == GroupRole.OWNER) {
      return true;
    }
    Boolean own = overrides.get(permission);
    return own != null
        ? own
        : role.atLeast(permissions.getOrDefault(permission, permission.usual()));
  }
}
