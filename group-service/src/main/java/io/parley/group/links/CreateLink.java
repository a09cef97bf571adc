package io.parley.group.links;

import io.parley.common.groups.GroupRole;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param role of those who come by it; absent is member
 * @param needsApproval whether it only lets ask; absent is false
 * @param expiresAt absent: never
 * @param maxUses absent: as often as one likes
 */
record CreateLink(
    @Nullable GroupRole role,
    @Nullable Boolean needsApproval,
    @Nullable Instant expiresAt,
    @Min(1) @Max(100_000) @Nullable Integer maxUses) {

  GroupRole roleOrMember() {
    return role == null ? GroupRole.MEMBER : role;
  }
}
