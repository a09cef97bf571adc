package io.parley.user.privacy;

import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * Settings that an account makes.
 *
 * @param presence absent: as it was, so that a client which does not know of it opens nothing
 * @param lastSeen likewise
 * @param readReceipts likewise
 */
record SetPrivacy(
    @NotNull Audience discoverable,
    @NotNull Audience profile,
    @Nullable Audience presence,
    @Nullable Audience lastSeen,
    @Nullable Boolean readReceipts) {

  PrivacySettings over(PrivacySettings before) {
    return new PrivacySettings(
        discoverable,
        profile,
        presence == null ? before.presence() : presence,
        lastSeen == null ? before.lastSeen() : lastSeen,
        readReceipts == null ? before.readReceipts() : readReceipts);
  }
}
