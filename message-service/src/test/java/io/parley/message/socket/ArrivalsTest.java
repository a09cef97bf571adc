package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private final Arrivals arrivals = new Arrivals();
  private final CountDownLatch mayLeave = new CountDownLatch(1);

  @Test
  void fewShouldBeAtItAtOnceAndTheOthersAfterThem() throws Exception {
    CountDownLatch full = new CountDownLatch(Arrivals.AT_ONCE);
    List<Thread> first = come(arrivals, full::countDown, Arrivals.AT_ONCE);
    full.await();
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      others.add(Thread.startVirtualThread(() -> arrivals.run(() -> order.add(number))));
      while (arrivals.waiting() <= i) {
        Thread.onSpinWait();
      }
    }
    assertThat(order).isEmpty();
    leave(first);
    leave(others);
    assertThat(order).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void whoFailsShouldLeaveRoom() {
    AtomicBoolean failed = new AtomicBoolean();
    for (int i = 0; i <= Arrivals.AT_ONCE; i++) {
      try {
        arrivals.run(
            () -> {
              throw new IllegalStateException("the store is away");
            });
      } catch (IllegalStateException e) {
        failed.set(true);
      }
    }
    assertThat(failed).isTrue();
    // Without room each would take that long; one of them may have been held up.
    assertThat(Math.min(nanosToEnter(), nanosToEnter())).isLessThan(Arrivals.PATIENCE.toNanos());
  }

  @Test
  void someMoreShouldBeLetInWhenTheyHaveWaitedForLong() throws Exception {
    int places = Arrivals.AT_ONCE + Arrivals.LATE_AT_ONCE;
    CountDownLatch in = new CountDownLatch(places);
    CountDownLatch over = new CountDownLatch(places + 1);
    Arrivals patient = new Arrivals(Duration.ofMillis(1), Duration.ofHours(1));
    List<Thread> threads =
        come(
            patient,
            () -> {
              in.countDown();
              over.countDown();
            },
            places + 1);
    in.await();
    assertThat(over.await(50, TimeUnit.MILLISECONDS)).isFalse();
    leave(threads);
    assertThat(over.getCount()).isZero();
  }

  @Test
  void nobodyShouldWaitForEver() throws Exception {
    int many = 2 * (Arrivals.AT_ONCE + Arrivals.LATE_AT_ONCE);
    CountDownLatch in = new CountDownLatch(many);
    Arrivals impatient = new Arrivals(Duration.ofMillis(1), Duration.ofMillis(1));
    List<Thread> threads = come(impatient, in::countDown, many);
    in.await();
    leave(threads);
  }

  /** So many come, and stay until they may leave. */
  private List<Thread> come(Arrivals to, Runnable in, int many) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      threads.add(
          Thread.startVirtualThread(
              () ->
                  to.run(
                      () -> {
                        in.run();
                        await(mayLeave);
                      })));
    }
    return threads;
  }

  private void leave(List<Thread> threads) throws InterruptedException {
    mayLeave.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private long nanosToEnter() {
    long began = System.nanoTime();
    arrivals.run(() -> {});
    return System.nanoTime() - began;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
