package io.parley.user.privacy;

/**
 * @param discoverable who finds the account by searching
 * @param profile who sees biography and avatar
 * @param presence who sees whether the account is online, and its status
 * @param lastSeen who of those sees when it last was online
 * @param readReceipts whether others see how far the account has received and read their
 *     conversations, and the account how far they have
 */
public record PrivacySettings(
    Audience discoverable,
    Audience profile,
    Audience presence,
    Audience lastSeen,
    boolean readReceipts) {

  public static final PrivacySettings USUAL =
      new PrivacySettings(
          Audience.EVERYONE, Audience.EVERYONE, Audience.EVERYONE, Audience.EVERYONE, true);
}
