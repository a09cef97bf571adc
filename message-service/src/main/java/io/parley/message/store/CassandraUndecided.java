package io.parley.message.store;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Lightweight transactions and serial reads of one partition get into one another's way, more so
 * with several replicas: Cassandra then says that it does not know whether it was done. For what
 * may be done twice.
 */
final class CassandraUndecided {

  private static final long LONGEST_PAUSE_MILLIS = 300;

  private CassandraUndecided() {}

  /**
   * Repeats the request until it is decided.
   *
   * @param patience after this the failure is thrown
   */
  static <T> T repeat(Duration patience, Supplier<T> request) {
    long start = System.nanoTime();
    while (true) {
      try {
        return request.get();
      } catch (DriverException e) {
        if (!is(e) || System.nanoTime() - start > patience.toNanos()) {
          throw e;
        }
        pause(e);
      }
    }
  }

  /**
   * Whether what was asked may have been done or not, or was not as too few replicas were there.
   */
  static boolean is(DriverException e) {
    return e instanceof QueryConsistencyException
        || e instanceof UnavailableException
        || e instanceof DriverTimeoutException;
  }

  private static void pause(DriverException failure) {
    try {
      // At random, or those that met would meet again.
      Thread.sleep(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
