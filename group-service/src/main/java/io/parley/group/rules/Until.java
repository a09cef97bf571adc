package io.parley.group.rules;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times that somebody sets an end at. */
public final class Until {

  private static final Duration LONGEST = Duration.ofDays(3660);

  private Until() {}

  /**
   * The time in milliseconds; null stays null.
   *
   * @throws ProblemException 400 {@code invalid-request} when it has passed, or is more than ten
   *     years away
   */
  public static @Nullable Instant checked(String field, @Nullable Instant until, Instant now) {
    if (until == null) {
      return null;
    }
    if (!until.isAfter(now) || until.isAfter(now.plus(LONGEST))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, field + ": must lie in the future, ten years at most");
    }
    return until.truncatedTo(ChronoUnit.MILLIS);
  }
}
