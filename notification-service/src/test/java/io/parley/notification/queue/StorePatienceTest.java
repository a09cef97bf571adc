package io.parley.notification.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.CannotCreateTransactionException;

class StorePatienceTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final StorePatience patience = new StorePatience();
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void untilShouldRepeatWhileTheStoreIsAway() {
    String answer =
        patience.until(
            LONG, () -> failing(2, new DataAccessResourceFailureException("away"), "here"));

    assertThat(answer).isEqualTo("here");
    assertThat(calls).hasValue(3);
  }

  @Test
  void untilShouldNotRepeatWhatTheStoreRefuses() {
    assertThatThrownBy(
            () ->
                patience.until(
                    LONG, () -> failing(9, new DataIntegrityViolationException("no"), "")))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThat(calls).hasValue(1);
  }

  @Test
  void untilShouldEndWithItsLimitAndWithTheProcess() {
    Supplier<String> away = () -> failing(9, new CannotCreateTransactionException("away"), "");
    assertThatThrownBy(() -> patience.until(Duration.ZERO, away))
        .isInstanceOf(CannotCreateTransactionException.class);

    patience.stop();
    assertThatThrownBy(() -> patience.until(LONG, away))
        .isInstanceOf(CannotCreateTransactionException.class);
    assertThat(calls).hasValue(2);
  }

  @Test
  void aLostConnectionShouldBeSeenBehindTheFailedRollback() {
    assertThat(
            StorePatience.isStoreAway(
                new IllegalStateException(
                    "Unable to rollback", new SQLException("closed", "08003"))))
        .isTrue();
    assertThat(
            StorePatience.isStoreAway(
                new IllegalStateException("broken", new SQLException("raised", "P0001"))))
        .isFalse();
  }

  private String failing(int times, RuntimeException failure, String answer) {
    if (calls.incrementAndGet() <= times) {
      throw failure;
    }
    return answer;
  }
}
