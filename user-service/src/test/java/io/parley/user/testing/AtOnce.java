package io.parley.user.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Calls that start together. */
public final class AtOnce {

  private AtOnce() {}

  /** One of them, by its number. */
  public interface Call {
    Api.Answer make(int number);
  }

  /** All answers, by number. */
  public static List<Api.Answer> atOnce(int times, Call call) throws Exception {
    CyclicBarrier start = new CyclicBarrier(times);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Api.Answer>> tasks = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int number = i;
        tasks.add(
            () -> {
              start.await();
              return call.make(number);
            });
      }
      List<Api.Answer> answers = new ArrayList<>();
      for (Future<Api.Answer> future : threads.invokeAll(tasks)) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}
