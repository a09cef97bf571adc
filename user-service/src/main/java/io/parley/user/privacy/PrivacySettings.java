package io.parley.user.privacy;

/**
 * @param discoverable who finds the account by searching
 * @param profile who sees biography and avatar
 * @param presence who sees whether the account is online, and its status
 * @param lastSeen who of those sees when it last was online
 */
public record PrivacySettings(
    Audience discoverable, Audience profile, Audience presence, Audience lastSeen) {

  public static final PrivacySettings USUAL =
      new PrivacySettings(
          Audience.EVERYONE, Audience.EVERYONE, Audience.EVERYONE, Audience.EVERYONE);
}
