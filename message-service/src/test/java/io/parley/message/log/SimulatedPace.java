package io.parley.message.log;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The clocks of a simulated node: both are wrong by something, and the monotonic one may stop for a
 * while, as when a machine is suspended.
 */
public final class SimulatedPace implements Pace {

  static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final Simulation simulation;
  private final Simulation.Process process;
  private final double rate;
  private final long wallOffset;
  private long suspended;

  SimulatedPace(Simulation simulation, Simulation.Process process, double rate, long wallOffset) {
    this.simulation = simulation;
    this.process = process;
    this.rate = rate;
    this.wallOffset = wallOffset;
  }

  /** The process stands still, and its monotonic clock with it. */
  public void suspend(long span) {
    suspended += simulation.freeze(process, span);
  }

  @Override
  public Moment now() {
    return new Moment(
        (long) ((simulation.nanos() - suspended) * rate),
        BEGINNING.plusNanos(simulation.nanos() + wallOffset));
  }

  /** What this node takes for the time. */
  public Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now().wall();
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  @Override
  public void sleep(Duration duration) {
    simulation.sleep(Math.max(0, (long) (duration.toNanos() / rate)));
  }

  @Override
  public <T> T await(CompletableFuture<T> result) {
    if (!result.isDone()) {
      simulation.sleepUntilWoken(wake -> result.whenComplete((done, failure) -> wake.run()));
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ProblemException refusal
          ? refusal
          : new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  @Override
  public void start(String name, Runnable task) {
    simulation.start(name, process, task);
  }
}
