package io.parley.message.log;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.springframework.stereotype.Component;

/** The machine's clocks, and virtual threads. */
@Component
class SystemPace implements Pace {

  private final Clock clock;

  SystemPace(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Moment now() {
    return new Moment(System.nanoTime(), clock.instant());
  }

  @Override
  public void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public <T> T await(CompletableFuture<T> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException refusal
          ? refusal
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static ProblemException interrupted() {
    Thread.currentThread().interrupt();
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE);
  }

  @Override
  public void start(String name, Runnable task) {
    Thread.ofVirtual().name(name).start(task);
  }
}
