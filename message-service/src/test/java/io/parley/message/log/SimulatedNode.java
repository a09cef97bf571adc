package io.parley.message.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.access.AccessProperties;
import io.parley.common.ids.ConversationId;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One life of a node: the real log on simulated stores and clocks. */
public final class SimulatedNode extends Simulation.Process {

  /** The log as it is, and as it must not be. */
  public enum Variant {
    SOUND,
    NO_EPOCH_CHECK,
    OPENER_DOES_NOT_WAIT,
    OPENER_LEAVES_NO_NOTICE,
    LEASE_TIMED_BEFORE_THE_INSERT,
    HEAD_OVER_A_HOLE,
    READER_LOOKS_ONCE,
    COUNTER_OF_ANOTHER_REDIS
  }

  public static final int BUCKET_EVENTS = 16;
  public static final int REMEMBERED = 100;

  private static final BodyCipher CIPHER = cipher();

  public final SimulatedRedis.Connection redis;
  public final SimulatedPace pace;
  public final EventLog log;
  public final LogReader reader;
  final EpochOpening opening;

  public SimulatedNode(
      Simulation simulation,
      Variant variant,
      SimulatedCassandra store,
      SimulatedRedis.Connection redis,
      Duration lease) {
    this.redis = redis;
    double rate = 1 + (simulation.random.nextInt(201) - 100) / 10_000.0;
    long wallOffset = simulation.random.nextLong(1_000_000_000L);
    this.pace = new SimulatedPace(simulation, this, rate, wallOffset);
    LogProperties properties = properties(lease);
    LogTail tail = new LogTail(store, properties);
    this.opening =
        new EpochOpening(
            store,
            redis,
            tail,
            variant == Variant.OPENER_DOES_NOT_WAIT
                ? properties(Duration.ofMillis(-50))
                : properties,
            redis.node(),
            pace,
            new SimpleMeterRegistry());
    EpochLeases leases = new EpochLeases(store, leasesPace(variant, store), properties);
    Epochs epochs = epochs(variant, store, leases);
    Holes holes = new Holes(store, epochs, opening, properties, pace);
    this.reader =
        variant == Variant.HEAD_OVER_A_HOLE
            ? new HeadOverHoles(store, epochs, holes, properties)
            : new LogReader(store, epochs, holes, properties);
    this.log = new EventLog(store, redis, CIPHER, epochs, opening, holes, reader, pace);
  }

  private Epochs epochs(Variant variant, EventStore store, EpochLeases leases) {
    return switch (variant) {
      case NO_EPOCH_CHECK ->
          new Epochs(store, leases, opening) {
            @Override
            boolean counts(LogEvent written) {
              return true;
            }
          };
      case READER_LOOKS_ONCE ->
          new Epochs(store, leases, opening) {
            @Override
            Settled settle(ConversationId conversation, Supplier<List<LogEvent>> read) {
              List<LogEvent> rows = read.get();
              LogEpoch epoch = settled(conversation);
              return new Settled(rows, epoch == null ? List.of() : epoch.counting(rows));
            }
          };
      default -> new Epochs(store, leases, opening);
    };
  }

  private Pace leasesPace(Variant variant, SimulatedCassandra store) {
    if (variant != Variant.LEASE_TIMED_BEFORE_THE_INSERT) {
      return pace;
    }
    InsertTimes times = new InsertTimes(pace);
    store.onInsert(times::insertBegins);
    return times;
  }

  /** Takes the newest event for the head, whatever is empty before it. */
  private static final class HeadOverHoles extends LogReader {

    private final EventStore store;
    private final Epochs epochs;

    HeadOverHoles(EventStore store, Epochs epochs, Holes holes, LogProperties properties) {
      super(store, epochs, holes, properties);
      this.store = store;
      this.epochs = epochs;
    }

    @Override
    public @Nullable LogHead head(ConversationId conversation) {
      LogEvent head = null;
      for (long from = 0; ; from += BUCKET_EVENTS) {
        long start = from;
        List<LogEvent> bucket =
            epochs
                .settle(conversation, () -> store.from(conversation, start, Integer.MAX_VALUE))
                .events();
        if (bucket.isEmpty()) {
          return head == null ? null : LogHead.of(head);
        }
        head = bucket.get(bucket.size() - 1);
      }
    }
  }

  public LogScan scan() {
    return new LogScan(reader);
  }

  private static LogProperties properties(Duration lease) {
    return new LogProperties(
        "",
        BUCKET_EVENTS,
        REMEMBERED,
        SimulatedRedis.REMEMBERED_BY_AUTHOR,
        Duration.ofHours(24),
        Duration.ofSeconds(2),
        lease);
  }

  private static BodyCipher cipher() {
    try {
      return new BodyCipher(
          properties(Duration.ofMillis(250)),
          new AccessProperties(
              "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=", List.of(), null, List.of()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells the time at which the thread's last insert began. */
  private static final class InsertTimes implements Pace {

    private final Pace pace;
    private final Map<Thread, Moment> began = new WeakHashMap<>();

    InsertTimes(Pace pace) {
      this.pace = pace;
    }

    void insertBegins() {
      began.put(Thread.currentThread(), pace.now());
    }

    @Override
    public Moment now() {
      return began.getOrDefault(Thread.currentThread(), pace.now());
    }

    @Override
    public void sleep(Duration duration) {
      pace.sleep(duration);
    }

    @Override
    public <T> T await(CompletableFuture<T> result) {
      return pace.await(result);
    }

    @Override
    public void start(String name, Runnable task) {
      pace.start(name, task);
    }
  }
}
