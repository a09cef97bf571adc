package io.parley.group.members;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A member, for other members.
 *
 * @param username null when user-service could not be asked yet; as is displayName
 * @param mutedUntil null when the member may write
 * @param overrides what was decided for this member, whatever the role
 */
record MemberView(
    UserId userId,
    @Nullable String username,
    @Nullable String displayName,
    GroupRole role,
    Instant joinedAt,
    @Nullable Instant mutedUntil,
    Map<GroupPermission, Boolean> overrides) {}
