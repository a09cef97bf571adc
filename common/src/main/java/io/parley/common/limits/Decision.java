package io.parley.common.limits;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.Map;

/**
 * What a limit says of one request.
 *
 * @param remaining tokens left in the bucket
 * @param retryAfter how long until the same request would be let through; zero when it was
 * @param resetAfter how long until the bucket is full again
 * @param known false when Redis did not answer and the limit took its stated choice
 */
public record Decision(
    Limit limit,
    boolean allowed,
    long remaining,
    Duration retryAfter,
    Duration resetAfter,
    boolean known) {

  /** What a client is told to wait when it is refused because Redis is away. */
  private static final Duration RETRY_WHEN_UNKNOWN = Duration.ofSeconds(5);

  static Decision unknown(Limit limit) {
    return limit.failOpen()
        ? new Decision(limit, true, limit.capacity(), Duration.ZERO, Duration.ZERO, false)
        : new Decision(limit, false, 0, RETRY_WHEN_UNKNOWN, RETRY_WHEN_UNKNOWN, false);
  }

  /** Whole seconds, rounded up: never 0 for a request that was refused. */
  public long retryAfterSeconds() {
    return secondsUp(retryAfter);
  }

  public long resetAfterSeconds() {
    return secondsUp(resetAfter);
  }

  /** The problem {@code rate-limited} for a request that is not allowed. */
  public ProblemException refusal() {
    long seconds = Math.max(1, retryAfterSeconds());
    return new ProblemException(
        CommonProblem.RATE_LIMITED,
        "Too many requests (" + limit.name() + "): try again in " + seconds + " s",
        Map.of("limiter", limit.name(), "retryAfter", seconds));
  }

  /**
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void orRefuse() {
    if (!allowed) {
      throw refusal();
    }
  }

  private static long secondsUp(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
