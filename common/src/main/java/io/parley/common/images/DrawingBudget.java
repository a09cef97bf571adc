package io.parley.common.images;

import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much of a process pictures may take. Unpacking the largest takes some 100 MB and a core for
 * seconds; whoever waits holds what was sent, up to {@link Avatar#MAX_BYTES}.
 */
final class DrawingBudget {

  private final Semaphore places;
  private final int maxWaiting;
  private final Duration longestWait;
  private final Duration longestDrawing;

  /**
   * @param longestDrawing more than the worst picture that is let in takes: only a machine that is
   *     overloaded, or a picture that fooled every other check, meets it
   */
  DrawingBudget(int atOnce, int maxWaiting, Duration longestWait, Duration longestDrawing) {
    this.places = new Semaphore(atOnce, true);
    this.maxWaiting = maxWaiting;
    this.longestWait = longestWait;
    this.longestDrawing = longestDrawing;
  }

  Duration longestDrawing() {
    return longestDrawing;
  }

  /**
   * @throws ProblemException 503 {@code images-busy} when there is no place in time
   */
  <T> T spend(Callable<T> drawing) throws Exception {
    if (places.getQueueLength() >= maxWaiting || !awaitPlace()) {
      throw new ProblemException(ImageProblem.IMAGES_BUSY);
    }
    try {
      return drawing.call();
    } finally {
      places.release();
    }
  }

  private boolean awaitPlace() {
    try {
      return places.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
