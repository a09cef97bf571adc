package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private final Arrivals arrivals = new Arrivals();
  private final CountDownLatch mayLeave = new CountDownLatch(1);

  @Test
  void fewShouldBeAtItAtOnceAndTheOthersAfterThem() throws Exception {
    CountDownLatch full = new CountDownLatch(Arrivals.AT_ONCE);
    List<Thread> first = new ArrayList<>();
    for (int i = 0; i < Arrivals.AT_ONCE; i++) {
      first.add(
          Thread.startVirtualThread(
              () ->
                  arrivals.run(
                      () -> {
                        full.countDown();
                        await(mayLeave);
                      })));
    }
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
    mayLeave.countDown();
    for (Thread thread : first) {
      thread.join();
    }
    for (Thread thread : others) {
      thread.join();
    }
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
