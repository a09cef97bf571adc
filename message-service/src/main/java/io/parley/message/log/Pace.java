package io.parley.message.log;

import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Time, and all waiting of the log and of what changes it: their simulations run the same code on a
 * time of their own, one thread at a time.
 */
public interface Pace {

  /**
   * An instant of this node, by both its clocks: the monotonic one stops while the machine is
   * suspended, the other one can be set.
   */
  record Moment(long nanos, Instant wall) {

    /** Whether by both clocks no more than {@code span} has passed until {@code now}. */
    boolean isWithin(Duration span, Moment now) {
      Duration passed = Duration.between(wall, now.wall);
      return now.nanos - nanos <= span.toNanos()
          && !passed.isNegative()
          && passed.compareTo(span) <= 0;
    }

    boolean isBefore(Moment other) {
      return nanos - other.nanos < 0;
    }
  }

  Moment now();

  /**
   * @throws ProblemException 503 when the thread is interrupted
   */
  void sleep(Duration duration);

  /**
   * What another thread of this node makes.
   *
   * @throws ProblemException what that thread met, or 503 when this one is interrupted
   */
  <T> T await(CompletableFuture<T> result);

  /** Runs a task on a thread of its own. */
  void start(String name, Runnable task);
}
