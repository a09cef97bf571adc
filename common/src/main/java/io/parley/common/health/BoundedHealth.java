package io.parley.common.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * One check, which a frozen store can not hold for longer than the timeout, however often and by
 * how many it is asked. Invariant: at most one call of the check runs; while it does not return,
 * everybody who asks after its time is up is told DOWN at once.
 */
final class BoundedHealth implements HealthIndicator {

  private final String name;
  private final HealthIndicator check;
  private final Duration timeout;
  private final long keepNanos;
  private final boolean optional;
  private @Nullable Run last;

  BoundedHealth(String name, HealthIndicator check, HealthProperties properties) {
    this.name = name;
    this.check = check;
    this.timeout = properties.timeout();
    this.keepNanos = properties.keep().toNanos();
    this.optional = properties.optional().contains(name);
  }

  @Override
  public Health health() {
    Run run = current();
    long left = timeout.toNanos() - (System.nanoTime() - run.beganNanos);
    try {
      return Grade.of(run.answer.get(Math.max(0, left), TimeUnit.NANOSECONDS), optional);
    } catch (TimeoutException e) {
      return Grade.of(
          Health.down().withDetail("error", "no answer for " + timeout.toMillis() + " ms").build(),
          optional);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return Grade.of(Health.down(cause == null ? e : cause).build(), optional);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Health.unknown().build();
    }
  }

  private synchronized Run current() {
    Run run = last;
    if (run == null || run.isOver(keepNanos)) {
      run = new Run(new CompletableFuture<>(), System.nanoTime());
      last = run;
      CompletableFuture<Health> answer = run.answer;
      Thread.ofVirtual().name("health-" + name).start(() -> complete(answer));
    }
    return run;
  }

  private void complete(CompletableFuture<Health> answer) {
    try {
      answer.complete(check.health(true));
    } catch (Throwable e) {
      answer.completeExceptionally(e);
    }
  }

  private record Run(CompletableFuture<Health> answer, long beganNanos) {

    /** Counted from its begin: an answer says how things were then. */
    boolean isOver(long keepNanos) {
      return answer.isDone() && System.nanoTime() - beganNanos >= keepNanos;
    }
  }
}
