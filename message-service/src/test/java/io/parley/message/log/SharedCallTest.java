package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedCallTest {

  private final Pace pace = new SystemPace(Clock.systemUTC());
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void whoComesDuringACallShouldShareTheNext() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    SharedCall<Integer> call =
        new SharedCall<>(
            pace,
            moment -> {
              int number = calls.incrementAndGet();
              if (number == 1) {
                began.countDown();
                await(mayEnd);
              }
              return number;
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = threads.submit(() -> call.since(pace.now()));
      began.await();
      Pace.Moment late = pace.now();
      List<Future<Integer>> others = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        others.add(threads.submit(() -> call.since(late)));
      }
      mayEnd.countDown();
      assertThat(first.get()).isEqualTo(1);
      for (Future<Integer> other : others) {
        assertThat(other.get()).isEqualTo(2);
      }
      assertThat(calls).hasValue(2);
    }
  }

  @Test
  void answerOfAnEarlierCallShouldNotDo() {
    SharedCall<Integer> call = new SharedCall<>(pace, moment -> calls.incrementAndGet());
    Pace.Moment early = pace.now();
    assertThat(call.since(early)).isEqualTo(1);
    assertThat(call.since(early)).isEqualTo(1);
    assertThat(call.since(pace.now())).isEqualTo(2);
  }

  @Test
  void failureShouldBeToldAndNotKept() {
    SharedCall<Integer> call =
        new SharedCall<>(
            pace,
            moment -> {
              if (calls.incrementAndGet() == 1) {
                throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
              }
              return calls.get();
            });
    Pace.Moment moment = pace.now();
    assertThatThrownBy(() -> call.since(moment)).isInstanceOf(ProblemException.class);
    assertThat(call.since(moment)).isEqualTo(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
