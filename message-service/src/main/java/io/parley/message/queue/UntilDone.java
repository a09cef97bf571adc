package io.parley.message.queue;

import io.parley.common.problems.ProblemException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;

/**
 * Does what a message asks for again and again, in place, until it is done: what comes behind it
 * must not overtake.
 *
 * <p>A {@link ProblemException} says that a store or a service is away: that may last. Anything
 * else is a bug, and must not hold up for ever what is behind it: after {@link #MAX_BUGS} of them
 * the message is given up.
 */
public final class UntilDone {

  /** Work that can be done again after it has failed halfway. */
  @FunctionalInterface
  public interface Work {
    void run() throws InterruptedException;
  }

  /** Is asked after each failure. */
  @FunctionalInterface
  public interface Patience {

    Patience ENDLESS = tried -> true;

    /**
     * @param tried how long it has been tried
     * @return false: it is tried no more
     */
    boolean goesOn(Duration tried);
  }

  /**
   * How long it pauses after a failure.
   *
   * @param first after the first, then twice as long each time
   * @param longest however often it has failed
   */
  public record Pauses(Duration first, Duration longest) {

    public static final Pauses USUAL = new Pauses(Duration.ofMillis(100), Duration.ofSeconds(5));

    private Duration after(Duration pause) {
      Duration doubled = pause.multipliedBy(2);
      return doubled.compareTo(longest) < 0 ? doubled : longest;
    }
  }

  private static final Logger log = LoggerFactory.getLogger(UntilDone.class);

  static final int MAX_BUGS = 10;

  private UntilDone() {}

  /**
   * Returns when it is done.
   *
   * @param what for the log
   * @throws AmqpRejectAndDontRequeueException when it is given up
   * @throws IllegalStateException when interrupted: this process stops, the broker keeps the
   *     message
   */
  public static void run(String what, Work work) {
    run(what, work, Patience.ENDLESS, Pauses.USUAL);
  }

  /**
   * As {@link #run(String, Work)}.
   *
   * @return false when patience ended before it was done
   */
  public static boolean run(String what, Work work, Patience patience, Pauses pauses) {
    long began = System.nanoTime();
    int bugs = 0;
    for (Duration pause = pauses.first(); ; pause = pauses.after(pause)) {
      try {
        work.run();
        return true;
      } catch (InterruptedException e) {
        throw stopping(e);
      } catch (ProblemException e) {
        log.warn("{} waits: {}", what, e.getMessage());
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        log.error("{}", what, e);
        if (++bugs == MAX_BUGS) {
          throw new AmqpRejectAndDontRequeueException(what + " is given up", e);
        }
      }
      if (!patience.goesOn(Duration.ofNanos(System.nanoTime() - began))) {
        return false;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        throw stopping(e);
      }
    }
  }

  private static IllegalStateException stopping(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("stopping; the broker keeps the message", e);
  }
}
