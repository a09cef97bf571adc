package io.parley.message.store;

import com.datastax.oss.driver.api.core.DriverException;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of what the driver throws the refusal that clients get. */
public final class CassandraCalls {

  private static final Logger log = LoggerFactory.getLogger(CassandraCalls.class);

  private CassandraCalls() {}

  /**
   * @throws ProblemException 503 {@code store-unavailable} when Cassandra does not answer, or not
   *     in time: what was to be written may be written or not
   */
  public static <T> T answered(Supplier<T> call) {
    try {
      return call.get();
    } catch (DriverException e) {
      throw refusal(e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof DriverException) {
        throw refusal(e.getCause());
      }
      throw e;
    }
  }

  private static ProblemException refusal(Throwable failure) {
    log.warn("Cassandra does not answer: {}", failure.toString());
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Cassandra does not answer");
  }
}
