package io.parley.user.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class PasswordsTest {

  @Test
  void matchesShouldTakeAsLongForNobodyAsForAWrongPassword() {
    Passwords passwords = passwords("8MB", 0, Duration.ofSeconds(5));
    String hash = passwords.hash("correct horse battery");
    for (int i = 0; i < 5; i++) { // until compiled
      passwords.matches("wrong", hash);
    }

    long wrong = bestNanos(() -> passwords.matches("wrong", hash));
    long nobody = bestNanos(() -> passwords.matches("wrong", null));

    assertThat((double) nobody / wrong).isBetween(0.5, 2.0);
  }

  @Test
  void matchesShouldNeverBeTrueForNobody() {
    Passwords passwords = passwords("1MB", 0, Duration.ofSeconds(5));

    assertThat(passwords.matches("", null)).isFalse();
    assertThat(passwords.matches("Pass wörd 👩", passwords.hash("Pass wörd 👩"))).isTrue();
    assertThat(passwords.matches("Pass wörd 👨", passwords.hash("Pass wörd 👩"))).isFalse();
  }

  @Test
  void hashShouldAnswerTooBusyRatherThanQueueForEver() throws Exception {
    Passwords passwords = passwords("64MB", 1, Duration.ofMillis(1));
    CountDownLatch started = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> slow =
          threads.submit(
              () -> {
                started.countDown();
                return passwords.hash("the one that has its turn");
              });
      started.await();
      assertThatThrownBy(
              () -> {
                while (!slow.isDone()) {
                  passwords.hash("another");
                }
              })
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.type()).isEqualTo(CredentialProblem.TOO_BUSY));
    }
  }

  private static Passwords passwords(String memory, int parallel, Duration patience) {
    return new Passwords(
        new PasswordProperties(3, DataSize.parse(memory), 2, parallel, patience),
        new SimpleMeterRegistry());
  }

  private static long bestNanos(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }
}
