package io.parley.notification.settings;

import io.parley.common.problems.ProblemException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;

/**
 * What is read or was just written, with its version.
 *
 * @param version never comes again, even when what had it was deleted
 */
record Versioned<T>(T view, long version) {

  /** Without quotes. */
  static String tag(long version) {
    return Long.toString(version);
  }

  /**
   * By the strong comparison of If-Match.
   *
   * @param ifMatch null: whatever is there
   * @throws ProblemException 412 {@code precondition-failed}
   */
  static void require(@Nullable String ifMatch, long version, boolean isThere) {
    if (ifMatch == null) {
      return;
    }
    boolean matches =
        ETag.parse(ifMatch).stream()
            .anyMatch(
                given ->
                    isThere
                        && (given.isWildcard()
                            || (!given.weak() && given.tag().equals(tag(version)))));
    if (!matches) {
      throw new ProblemException(SettingsProblem.PRECONDITION_FAILED);
    }
  }
}
