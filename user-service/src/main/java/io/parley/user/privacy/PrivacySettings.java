package io.parley.user.privacy;

import jakarta.validation.constraints.NotNull;

/**
 * @param discoverable who finds the account by searching
 * @param profile who sees biography and avatar
 */
public record PrivacySettings(@NotNull Audience discoverable, @NotNull Audience profile) {

  public static final PrivacySettings USUAL =
      new PrivacySettings(Audience.EVERYONE, Audience.EVERYONE);
}
