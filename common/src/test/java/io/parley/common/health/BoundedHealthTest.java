package io.parley.common.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class BoundedHealthTest {

  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void answerShouldBeKeptForAWhileAndThenAskedForAgain() throws Exception {
    BoundedHealth health =
        bounded(Duration.ofSeconds(5), Duration.ofMillis(200), Set.of(), () -> Health.up().build());
    for (int i = 0; i < 1_000; i++) {
      assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }
    // A thousand answers from memory take less than a second, even on a busy machine.
    assertThat(calls.get()).isLessThan(50);
    int before = calls.get();
    Thread.sleep(250);
    health.health();
    assertThat(calls.get()).isEqualTo(before + 1);
  }

  @Test
  void checkThatHangsShouldBeDownInTimeAndNotCalledAgainMeanwhile() throws Exception {
    CountDownLatch thawed = new CountDownLatch(1);
    BoundedHealth health =
        bounded(
            Duration.ofMillis(300),
            Duration.ZERO,
            Set.of(),
            () -> {
              await(thawed);
              return Health.up().build();
            });
    Health first = health.health();
    assertThat(first.getStatus()).isEqualTo(Status.DOWN);
    assertThat(first.getDetails()).containsEntry("error", "no answer for 300 ms");
    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    }
    // A hundred times the limit, had each waited for it.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    assertThat(calls).hasValue(1);

    thawed.countDown();
    Status last = Status.DOWN;
    for (int i = 0; i < 1_500 && !last.equals(Status.UP); i++) {
      Thread.sleep(20);
      last = health.health().getStatus();
    }
    assertThat(last).isEqualTo(Status.UP);
  }

  @Test
  void failureShouldBeDownAndOfAnOptionalStoreDegraded() {
    HealthIndicator broken =
        () -> {
          throw new IllegalStateException("broken");
        };
    assertThat(bounded(Duration.ofSeconds(5), Duration.ZERO, Set.of(), broken).health().getStatus())
        .isEqualTo(Status.DOWN);
    Health optional =
        bounded(Duration.ofSeconds(5), Duration.ZERO, Set.of("store"), broken).health();
    assertThat(optional.getStatus()).isEqualTo(Grade.DEGRADED);
    assertThat(optional.getDetails().get("error")).asString().contains("broken");
  }

  private BoundedHealth bounded(
      Duration timeout, Duration keep, Set<String> optional, HealthIndicator check) {
    return new BoundedHealth(
        "store",
        () -> {
          calls.incrementAndGet();
          return check.health();
        },
        new HealthProperties(timeout, keep, optional, 1));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
