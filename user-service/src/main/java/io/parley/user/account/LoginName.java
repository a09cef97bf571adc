package io.parley.user.account;

import io.parley.common.text.Folding;

/**
 * A username or an email address as somebody types it to log in: blanks around, case, full width
 * and how accents are composed do not matter, nor an {@code @} before a username.
 *
 * @param key what it is compared by
 */
public record LoginName(String key) {

  private static final String AT = "@";

  public static LoginName of(String typed) {
    String folded = Folding.caseless(typed);
    return new LoginName(
        folded.lastIndexOf(AT) == 0 ? Folding.strip(folded.substring(AT.length())) : folded);
  }

  /** No username has an @. */
  boolean isAddress() {
    return key.contains(AT);
  }
}
