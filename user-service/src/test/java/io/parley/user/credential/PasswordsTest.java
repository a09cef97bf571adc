package io.parley.user.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.problems.ProblemException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class PasswordsTest {

  @Test
  void matchesShouldTakeAsLongForNobodyAsForAWrongPassword() {
    Passwords passwords = passwords("8MB", 0, Duration.ofSeconds(5));
    String hash = passwords.hash("correct horse battery");
    for (int i = 0; i < 5; i++) { // until compiled
      passwords.matches("wrong", hash, false);
    }

    long wrong = bestCpuNanos(() -> passwords.matches("wrong", hash, false));
    long nobody = bestCpuNanos(() -> passwords.matches("wrong", null, false));

    assertThat((double) nobody / wrong).isBetween(0.5, 2.0);
  }

  @Test
  void matchesShouldNeverBeTrueForNobody() {
    Passwords passwords = passwords("1MB", 0, Duration.ofSeconds(5));

    assertThat(passwords.matches("", null, true)).isFalse();
    assertThat(passwords.matches("Pass wörd 👩", passwords.hash("Pass wörd 👩"), true)).isTrue();
    assertThat(passwords.matches("Pass wörd 👨", passwords.hash("Pass wörd 👩"), true)).isFalse();
  }

  @Test
  void hashShouldAnswerTooBusyRatherThanQueueForEver() {
    Passwords passwords = passwords("64MB", 1, Duration.ofMillis(1));
    List<Future<String>> hashes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        hashes.add(threads.submit(() -> passwords.hash("one of many")));
      }
    }

    assertThat(hashes).anyMatch(hash -> hash.state() == Future.State.SUCCESS);
    assertThat(hashes)
        .filteredOn(hash -> hash.state() == Future.State.FAILED)
        .isNotEmpty()
        .extracting(Future::exceptionNow)
        .allSatisfy(
            e ->
                assertThat(e)
                    .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem ->
                            assertThat(problem.type()).isEqualTo(CredentialProblem.TOO_BUSY)));
  }

  @Test
  void whoIsKnownShouldNotWaitForAllStrangers() throws Exception {
    Passwords passwords = passwords("19MB", 1, Duration.ofMinutes(2));
    String hash = passwords.hash("correct horse battery");
    AtomicInteger waiting = new AtomicInteger(100);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        threads.execute(
            () -> {
              passwords.matches("a guess", hash, false);
              waiting.decrementAndGet();
            });
      }
      // From now on all of them are in the queue, or at work.
      await().until(() -> waiting.get() < 100);

      assertThat(passwords.matches("correct horse battery", hash, true)).isTrue();

      assertThat(waiting).hasPositiveValue();
    }
  }

  @Test
  void halfTheProcessorsShouldHashAndOneAtLeast() {
    PasswordProperties unset =
        new PasswordProperties(3, DataSize.ofMegabytes(1), 2, 0, Duration.ofSeconds(5));
    PasswordProperties three =
        new PasswordProperties(3, DataSize.ofMegabytes(1), 2, 3, Duration.ofSeconds(5));

    assertThat(Passwords.parallel(unset, 1)).isEqualTo(1);
    assertThat(Passwords.parallel(unset, 2)).isEqualTo(1);
    assertThat(Passwords.parallel(unset, 8)).isEqualTo(4);
    assertThat(Passwords.parallel(three, 2)).isEqualTo(3);
  }

  private static Passwords passwords(String memory, int parallel, Duration patience) {
    return new Passwords(
        new PasswordProperties(3, DataSize.parse(memory), 2, parallel, patience),
        new SimpleMeterRegistry());
  }

  /** Of this thread: what else the machine does is not counted. */
  private static long bestCpuNanos(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = threads.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
    }
    return best;
  }
}
