package io.parley.group.invitations;

import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param role absent is member
 * @param expiresAt absent is in 30 days
 */
record InviteUser(@NotNull UserId userId, @Nullable GroupRole role, @Nullable Instant expiresAt) {

  GroupRole roleOrMember() {
    return role == null ? GroupRole.MEMBER : role;
  }
}
