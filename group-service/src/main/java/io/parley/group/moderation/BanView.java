package io.parley.group.moderation;

import io.parley.common.ids.UserId;
import io.parley.group.roster.Ban;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A ban, for moderators.
 *
 * @param bannedBy null when that account was erased
 * @param until null: for good
 */
record BanView(
    UserId userId,
    @Nullable UserId bannedBy,
    String reason,
    @Nullable Instant until,
    Instant createdAt) {

  static BanView of(Ban ban) {
    return new BanView(ban.user(), ban.bannedBy(), ban.reason(), ban.until(), ban.createdAt());
  }
}
