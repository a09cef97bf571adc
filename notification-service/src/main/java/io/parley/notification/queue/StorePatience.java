package io.parley.notification.queue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Waits for PostgreSQL where no caller is waiting for an answer. This is what pauses the consumers
 * while it is away: each keeps the message that it has, and takes no other.
 */
@Component
public class StorePatience {

  /** Before anything was sent: after that the message goes back to RabbitMQ for a while. */
  public static final Duration BEFORE_SEND = Duration.ofSeconds(30);

  /**
   * After the outside has taken something, forgetting it means a second one. Below RabbitMQ's limit
   * on an unacknowledged message (30 minutes).
   */
  public static final Duration AFTER_SEND = Duration.ofMinutes(20);

  private static final Logger log = LoggerFactory.getLogger(StorePatience.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private volatile boolean stopping;

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  /** Whether the failure says that the store is away, rather than that the call is wrong. */
  public static boolean isStoreAway(Throwable e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException
        || e instanceof RecoverableDataAccessException
        || e instanceof TransactionException
        || isConnectionLost(e);
  }

  /** A rollback that fails for that reason hides what made it necessary. */
  private static boolean isConnectionLost(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        // SQLSTATE classes 08 (connection) and 57P (the server shuts down or starts). No state at
        // all never came from a server: it is the pool, whose connection is closed already.
        String state = sql.getSQLState();
        if (state == null || state.startsWith("08") || state.startsWith("57P")) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Repeats an idempotent call until the store answers.
   *
   * @throws RuntimeException of the last try, when it was not the store's absence, or that lasted
   *     longer than the limit, or the process stops
   */
  public <T> T until(Duration limit, Supplier<T> call) {
    long start = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return call.get();
      } catch (RuntimeException e) {
        if (!isStoreAway(e) || stopping || System.nanoTime() - start > limit.toNanos()) {
          throw e;
        }
        if (pause.equals(FIRST_PAUSE)) {
          log.warn("PostgreSQL does not answer, waiting for it: {}", e.toString());
        }
        sleep(pause, e);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      }
    }
  }

  private static void sleep(Duration pause, RuntimeException reason) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }
}
