package io.parley.common.access;

import io.parley.common.problems.ProblemException;

/**
 * Personal access tokens: opaque, made by users for scripts and bots, known to user-service alone.
 */
public interface PersonalTokens {

  /** How each of them begins, so that secret scanners know it too. */
  String PREFIX = "parley_pat_";

  /**
   * @return the user that the token speaks for
   * @throws ProblemException 401 {@code unauthenticated}, {@code token-expired}; 503 when it can
   *     not be told
   */
  Caller resolve(String token);

  /** Whether {@link #resolve} would answer without asking anybody. */
  default boolean isKnown(String token) {
    return false;
  }
}
