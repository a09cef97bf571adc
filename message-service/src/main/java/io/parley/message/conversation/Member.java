package io.parley.message.conversation;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member of a conversation.
 *
 * @param overrides what was decided for this member whatever the role
 * @param mutedUntil until when this member may not write; null: is not muted
 * @param visibleFrom the first seq this member may see; {@link #NOTHING_YET} between joining and
 *     the event that says so
 */
public record Member(
    UserId user,
    GroupRole role,
    Map<GroupPermission, Boolean> overrides,
    @Nullable Instant mutedUntil,
    long visibleFrom) {

  /** The log begins here. */
  public static final long EVERYTHING = 1;

  public static final long NOTHING_YET = Long.MAX_VALUE;

  /** A member about whom nothing was decided. */
  public static Member plain(UserId user) {
    return new Member(user, GroupRole.MEMBER, Map.of(), null, EVERYTHING);
  }

  public boolean sees(long seq) {
    return seq >= visibleFrom;
  }

  public Member seeingFrom(long seq) {
    return new Member(user, role, overrides, mutedUntil, seq);
  }

  /** Whether a group would say the same of both; how far they see is this service's affair. */
  public boolean hasSameStandingAs(Member other) {
    return seeingFrom(EVERYTHING).equals(other.seeingFrom(EVERYTHING));
  }
}
