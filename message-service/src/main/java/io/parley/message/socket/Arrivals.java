package io.parley.message.socket;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Clients that come: the work for them is done for few at a time, in the order they came, so that
 * those who are in send and hear while a thousand come back at once.
 */
@Component
class Arrivals {

  static final int AT_ONCE = 4;

  /**
   * After it one is let in all the same: while a store is away each may take seconds, and CONNECT
   * has to be done in ten.
   */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Semaphore room = new Semaphore(AT_ONCE, true);

  void run(Runnable work) {
    boolean entered = false;
    try {
      entered = room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      work.run();
    } finally {
      if (entered) {
        room.release();
      }
    }
  }

  /** How many wait to be let in. */
  int waiting() {
    return room.getQueueLength();
  }
}
