package io.parley.message.socket;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Clients that come: the work for them is done for few at a time, in the order they came, so that
 * those who are in send and hear while a thousand come back at once.
 */
@Component
class Arrivals {

  static final int AT_ONCE = 4;

  /**
   * Beside them, of those who have waited for {@link #PATIENCE}: while a store is slow four at once
   * are too few, and all who have waited at once are too many for those who are in.
   */
  static final int LATE_AT_ONCE = 16;

  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** After it one is let in all the same: CONNECT has to be done in ten. */
  private static final Duration LATE_PATIENCE = Duration.ofSeconds(3);

  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Semaphore late = new Semaphore(LATE_AT_ONCE, true);
  private final Duration patience;
  private final Duration latePatience;

  @Autowired
  Arrivals() {
    this(PATIENCE, LATE_PATIENCE);
  }

  Arrivals(Duration patience, Duration latePatience) {
    this.patience = patience;
    this.latePatience = latePatience;
  }

  void run(Runnable work) {
    Optional<Semaphore> entered = Optional.empty();
    try {
      entered = enter(room, patience).or(() -> enter(late, latePatience));
      work.run();
    } finally {
      entered.ifPresent(Semaphore::release);
    }
  }

  private static Optional<Semaphore> enter(Semaphore place, Duration patience) {
    try {
      return place.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)
          ? Optional.of(place)
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** How many wait to be let in. */
  int waiting() {
    return room.getQueueLength();
  }
}
