package io.parley.user.account;

import com.ibm.icu.text.SpoofChecker;
import io.parley.common.text.Folding;

/** What usernames and display names are compared by; stored beside them. */
final class Keys {

  private static final SpoofChecker SPOOFS =
      new SpoofChecker.Builder().setChecks(SpoofChecker.CONFUSABLE).build();

  private Keys() {}

  /**
   * UTS 39: two usernames that look the same have the same. Once more in lower case, as usernames
   * are: {@code 0} looks like {@code O}, which is {@code o}.
   */
  static String skeleton(String username) {
    return SPOOFS.getSkeleton(Folding.caseless(SPOOFS.getSkeleton(username)));
  }

  /** Each word of the display name, the username, and its parts. */
  static String[] words(String username, String displayName) {
    return Folding.words(displayName, username).toArray(String[]::new);
  }

  /** What nodes of before compare display names by, and rows that are not folded yet. */
  static String prefix(String text) {
    return Folding.caseless(text);
  }
}
