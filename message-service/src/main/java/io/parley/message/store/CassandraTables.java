package io.parley.message.store;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.metrics.MessageMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The one way to Cassandra's tables. Requests wait here and not in the driver, whose throttler has
 * no queue ({@code spring.cassandra.request.throttler}): so it is known of each whether it was
 * sent. The rows of the log ({@link #write}) have room of their own: they must not wait behind a
 * storm of reads, nor take the room in which it is read whether they count.
 */
@Component
public class CassandraTables {

  /** Too busy to be asked: nothing was sent, and nothing will be. */
  public static final class NotSent extends ProblemException {

    private static final long serialVersionUID = 1L;

    NotSent() {
      super(CommonProblem.STORE_UNAVAILABLE, "Cassandra is too busy");
    }
  }

  private static final Logger log = LoggerFactory.getLogger(CassandraTables.class);

  /** Requests at once but for {@link #write}. */
  private static final int ROOM = 384;

  /** Together with the other, less than the driver's. */
  private static final int ROOM_TO_WRITE = 128;

  /** So many that a request's own cost is small, and so few that none is slow. */
  private static final int PARTITIONS_AT_ONCE = 32;

  /** How long a request waits for room. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final CqlSession session;
  private final Timer logRows;
  private final Timer reads;
  private final Timer writes;
  private final Timer transactions;
  private final Counter busy;
  private final Counter unavailable;
  private final Semaphore room = new Semaphore(ROOM, true);
  private final Semaphore roomToWrite = new Semaphore(ROOM_TO_WRITE, true);

  CassandraTables(CqlSession session, MeterRegistry metrics) {
    this.session = session;
    this.logRows = MessageMeter.CASSANDRA.timer(metrics, "log");
    this.reads = MessageMeter.CASSANDRA.timer(metrics, "read");
    this.writes = MessageMeter.CASSANDRA.timer(metrics, "write");
    this.transactions = MessageMeter.CASSANDRA.timer(metrics, "transaction");
    this.busy = MessageMeter.CASSANDRA_FAILED.counter(metrics, "busy");
    this.unavailable = MessageMeter.CASSANDRA_FAILED.counter(metrics, "unavailable");
    count(metrics, "log", roomToWrite, ROOM_TO_WRITE);
    count(metrics, "other", room, ROOM);
  }

  private static void count(MeterRegistry metrics, String name, Semaphore room, int size) {
    MessageMeter.CASSANDRA_WAITING.gauge(metrics, room, Semaphore::getQueueLength, name);
    MessageMeter.CASSANDRA_UNDER_WAY.gauge(
        metrics, room, each -> size - each.availablePermits(), name);
  }

  /** By what it was prepared from; what was not prepared is seldom and is a read. */
  private Timer timer(Statement<?> statement) {
    if (!(statement instanceof BoundStatement bound)) {
      return statement instanceof BatchStatement ? writes : reads;
    }
    String cql = bound.getPreparedStatement().getQuery();
    if (cql.startsWith("SELECT")) {
      return reads;
    }
    return Boolean.FALSE.equals(bound.isIdempotent()) ? transactions : writes;
  }

  /** A statement that may be repeated. */
  public PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  /** A lightweight transaction: it may not. */
  public PreparedStatement prepareTransaction(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(false));
  }

  /**
   * @throws NotSent when there was no room
   * @throws ProblemException 503 when Cassandra does not answer in time: what was to be written may
   *     be written or not
   */
  public ResultSet execute(Statement<?> statement) {
    return execute(statement, room, timer(statement));
  }

  private ResultSet execute(Statement<?> statement, Semaphore place, Timer timer) {
    long began = System.nanoTime();
    try {
      enter(place);
      try {
        return answered(() -> session.execute(statement));
      } finally {
        place.release();
      }
    } catch (NotSent e) {
      busy.increment();
      throw e;
    } catch (ProblemException e) {
      unavailable.increment();
      throw e;
    } finally {
      timer.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Waits for room only.
   *
   * @return to be waited for by {@link #answer}
   * @throws NotSent when there was no room
   */
  public CompletableFuture<AsyncResultSet> start(Statement<?> statement) {
    long began = System.nanoTime();
    Timer timer = timer(statement);
    try {
      enter(room);
    } catch (NotSent e) {
      busy.increment();
      throw e;
    }
    try {
      return session
          .executeAsync(statement)
          .toCompletableFuture()
          .whenComplete(
              (rows, failure) -> {
                room.release();
                timer.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
                if (failure != null) {
                  unavailable.increment();
                }
              });
    } catch (RuntimeException | Error e) {
      room.release();
      throw e;
    }
  }

  /**
   * As {@link #execute}, in the room that nothing else takes.
   *
   * @throws NotSent when there was no room
   */
  public void write(Statement<?> statement) {
    execute(statement, roomToWrite, logRows);
  }

  private static boolean isBusy(AllNodesFailedException failure) {
    List<Throwable> errors =
        failure.getAllErrors().values().stream().flatMap(List::stream).toList();
    return !errors.isEmpty() && errors.stream().allMatch(BusyConnectionException.class::isInstance);
  }

  private static void enter(Semaphore room) {
    try {
      if (room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new NotSent();
  }

  /**
   * What was started.
   *
   * @throws ProblemException as {@link #execute}
   */
  public static <T> T answer(CompletableFuture<T> started) {
    return answered(started::join);
  }

  /**
   * All rows of what was started, those of further pages too.
   *
   * @throws ProblemException as {@link #execute}
   */
  public static List<Row> rows(CompletableFuture<AsyncResultSet> started) {
    List<Row> rows = new ArrayList<>();
    AsyncResultSet page = answer(started);
    page.currentPage().forEach(rows::add);
    while (page.hasMorePages()) {
      page = answer(page.fetchNextPage().toCompletableFuture());
      page.currentPage().forEach(rows::add);
    }
    return rows;
  }

  /**
   * All rows of some partitions, in no order; many partitions in a request, and all requests at
   * once. A request for each would cost both sides several times as much, and take the room of
   * others.
   *
   * @param select with {@code IN ?} for the whole of the partition key
   * @throws ProblemException as {@link #execute}
   */
  public <K> List<Row> rows(PreparedStatement select, Collection<K> partitions) {
    List<K> keys = List.copyOf(partitions);
    List<CompletableFuture<AsyncResultSet>> started = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += PARTITIONS_AT_ONCE) {
      int to = Math.min(keys.size(), from + PARTITIONS_AT_ONCE);
      started.add(start(select.bind(keys.subList(from, to))));
    }
    List<Row> rows = new ArrayList<>();
    started.forEach(request -> rows.addAll(rows(request)));
    return rows;
  }

  private static <T> T answered(Supplier<T> call) {
    try {
      return call.get();
    } catch (RequestThrottlingException e) {
      throw new NotSent();
    } catch (AllNodesFailedException e) {
      throw isBusy(e) ? new NotSent() : refusal(e);
    } catch (DriverException e) {
      throw refusal(e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof DriverException) {
        throw refusal(e.getCause());
      }
      throw e.getCause() instanceof ProblemException refusal ? refusal : e;
    }
  }

  private static ProblemException refusal(Throwable failure) {
    log.warn("Cassandra does not answer: {}", failure.toString());
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Cassandra does not answer");
  }
}
