package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Three replicas that learn of each write at times of their own, or never. A write returns when two
 * have it. A read asks two, at two instants, and before it returns puts right at both what one of
 * them lacked. A lightweight transaction is decided at one instant and then written like anything
 * else. It stores no contents: nothing is overwritten here.
 */
class SimulatedCassandra implements EventStore {

  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int REPLICAS = 3;

  /** The primary key. */
  private record Key(ConversationId conversation, long seq, int epoch, UUID id) {
    static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.conversation().value())
            .thenComparing(Key::seq)
            .thenComparing(Key::epoch)
            .thenComparing(Key::id);

    static Key of(LogEvent event) {
      return new Key(event.conversation(), event.seq(), event.epoch(), event.id().value());
    }
  }

  /** An epoch row as the {@code version}th transaction left it. */
  private record Decided(long version, LogEpoch epoch) {}

  private static final class Replica {
    final TreeMap<Key, LogEvent> rows = new TreeMap<>(Key.ORDER);
    final Map<ConversationId, Decided> epochs = new HashMap<>();
    final Map<ConversationId, Long> whole = new HashMap<>();
    final Map<UUID, Long> openings = new HashMap<>();

    void put(ConversationId conversation, Decided epoch) {
      epochs.merge(conversation, epoch, (a, b) -> a.version() >= b.version() ? a : b);
    }
  }

  private final Simulation simulation;
  private final SimulatedNetwork network;
  private final int bucketEvents;
  private final List<Replica> replicas = new ArrayList<>();
  private final Map<ConversationId, Decided> decided = new HashMap<>();
  private final Map<Key, Long> written = new HashMap<>();
  private final List<Runnable> onInsert = new ArrayList<>();

  SimulatedCassandra(Simulation simulation, SimulatedNetwork network, int bucketEvents) {
    this.simulation = simulation;
    this.network = network;
    this.bucketEvents = bucketEvents;
    for (int i = 0; i < REPLICAS; i++) {
      replicas.add(new Replica());
    }
  }

  /** Has something done before each insert, by the thread that does it. */
  void onInsert(Runnable listener) {
    onInsert.add(listener);
  }

  /** When the first replica got the row, in simulated time. */
  long writtenAt(LogEvent event) {
    return written.getOrDefault(Key.of(event), Long.MAX_VALUE);
  }

  // --- quorums ---------------------------------------------------------------------------------

  private void write(Consumer<Replica> mutation) {
    if (network.fails()) {
      int reached = simulation.random.nextInt(REPLICAS + 1);
      for (int i = 0; i < reached; i++) {
        Replica replica = replicas.get(i);
        simulation.after(
            simulation.random.nextLong(2 * TIMEOUT.toNanos()), () -> mutation.accept(replica));
      }
      throw network.noAnswer(TIMEOUT);
    }
    long[] delays = new long[REPLICAS];
    for (int i = 0; i < REPLICAS; i++) {
      Replica replica = replicas.get(i);
      delays[i] = network.delay();
      simulation.after(delays[i], () -> mutation.accept(replica));
    }
    Arrays.sort(delays);
    simulation.sleep(delays[1] + network.delay());
  }

  /**
   * @param snapshot what is asked of a replica, in one step
   * @param repair puts what a snapshot holds where it may be missing
   * @return the snapshots of two replicas
   */
  private <T> List<T> read(Function<Replica, T> snapshot, Function<T, Consumer<Replica>> repair) {
    if (network.fails()) {
      throw network.noAnswer(TIMEOUT);
    }
    int left = simulation.random.nextInt(REPLICAS);
    Replica one = replicas.get((left + 1) % REPLICAS);
    Replica two = replicas.get((left + 2) % REPLICAS);
    T first = snapshot.apply(one);
    network.pass();
    T second = snapshot.apply(two);
    if (!first.equals(second)) {
      long delay = network.delay();
      simulation.after(delay, () -> repair.apply(second).accept(one));
      simulation.after(delay, () -> repair.apply(first).accept(two));
      simulation.sleep(delay);
    }
    network.pass();
    return List.of(first, second);
  }

  // --- rows ------------------------------------------------------------------------------------

  @Override
  public long bucketOf(long seq) {
    return seq / bucketEvents;
  }

  @Override
  public void insert(LogEvent event) {
    onInsert.forEach(Runnable::run);
    if (network.fails() && simulation.random.nextInt(4) == 0) {
      throw new NotSent();
    }
    if (simulation.random.nextInt(20) == 0) {
      // It waits in a queue of the sender's.
      simulation.sleep(simulation.random.nextLong(2_000_000_000L));
    }
    write(replica -> put(replica, event));
  }

  private void put(Replica replica, LogEvent event) {
    // Of two values with one timestamp the greater one stands.
    replica.rows.merge(
        Key.of(event),
        event,
        (one, other) -> one.payload().compareTo(other.payload()) >= 0 ? one : other);
    if (written.putIfAbsent(Key.of(event), simulation.nanos()) == null) {
      simulation.tell(
          () ->
              "row %s seq %d of epoch %d: %s %s"
                  .formatted(
                      event.conversation(), event.seq(), event.epoch(), event.kind(), event.id()));
    }
  }

  @Override
  public void overwrite(LogEvent event, String payload, long deletedSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void edit(LogEvent message, long editedSeq, String content) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void markReacted(LogEvent message) {
    throw new UnsupportedOperationException();
  }

  private List<LogEvent> rows(
      ConversationId conversation, Predicate<LogEvent> wanted, Comparator<Key> order, int limit) {
    TreeMap<Key, LogEvent> rows = new TreeMap<>(order);
    read(
            replica -> {
              List<LogEvent> found = new ArrayList<>();
              for (LogEvent row : replica.rows.values()) {
                if (row.conversation().equals(conversation) && wanted.test(row)) {
                  found.add(row);
                }
              }
              return found;
            },
            found -> replica -> found.forEach(row -> put(replica, row)))
        .forEach(found -> found.forEach(row -> rows.put(Key.of(row), row)));
    return rows.values().stream().limit(limit).toList();
  }

  @Override
  public List<LogEvent> at(ConversationId conversation, long seq) {
    return rows(conversation, row -> row.seq() == seq, Key.ORDER, Integer.MAX_VALUE);
  }

  @Override
  public List<LogEvent> from(ConversationId conversation, long from, int limit) {
    long bucket = bucketOf(from);
    return rows(
        conversation, row -> row.seq() >= from && bucketOf(row.seq()) == bucket, Key.ORDER, limit);
  }

  @Override
  public List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit) {
    return rows(
        conversation,
        row -> row.seq() < before && bucketOf(row.seq()) == bucket,
        Key.ORDER.reversed(),
        limit);
  }

  @Override
  public List<LogEvent> placesFrom(ConversationId conversation, long from, int limit) {
    return places(from(conversation, from, limit));
  }

  @Override
  public List<LogEvent> placesBefore(
      ConversationId conversation, long bucket, long before, int limit) {
    return places(before(conversation, bucket, before, limit));
  }

  @Override
  public List<List<LogEvent>> newestPlaces(
      ConversationId conversation, long bucket, int buckets, int limit) {
    // In any order, as those whom it asks answer.
    List<Integer> order = new ArrayList<>(IntStream.range(0, buckets).boxed().toList());
    Collections.shuffle(order, simulation.random);
    Map<Integer, List<LogEvent>> read = new TreeMap<>();
    for (int i : order) {
      read.put(i, placesBefore(conversation, bucket + i, Long.MAX_VALUE, limit));
    }
    return List.copyOf(read.values());
  }

  private static List<LogEvent> places(List<LogEvent> rows) {
    return rows.stream()
        .map(
            row ->
                new LogEvent(
                    row.conversation(),
                    row.seq(),
                    row.id(),
                    row.epoch(),
                    row.kind(),
                    row.author(),
                    row.at(),
                    row.messageCount(),
                    "",
                    row.deletedSeq()))
        .toList();
  }

  // --- epochs ----------------------------------------------------------------------------------

  /** What a replica knows of an epoch: its row and how far the log is whole. */
  private record EpochRow(@Nullable Decided decided, long whole) {}

  @Override
  public @Nullable LogEpoch epoch(ConversationId conversation) {
    Decided newest = null;
    long whole = 0;
    for (EpochRow row :
        read(
            replica ->
                new EpochRow(
                    replica.epochs.get(conversation), replica.whole.getOrDefault(conversation, 0L)),
            row ->
                replica -> {
                  if (row.decided() != null) {
                    replica.put(conversation, row.decided());
                  }
                  replica.whole.merge(conversation, row.whole(), Math::max);
                })) {
      whole = Math.max(whole, row.whole());
      if (row.decided() != null && (newest == null || row.decided().version() > newest.version())) {
        newest = row.decided();
      }
    }
    if (newest == null) {
      return null;
    }
    LogEpoch epoch = newest.epoch();
    return new LogEpoch(epoch.epoch(), epoch.firstSeq(), epoch.voids(), epoch.opening(), whole);
  }

  private boolean transact(
      ConversationId conversation,
      Predicate<@Nullable LogEpoch> condition,
      Function<@Nullable LogEpoch, LogEpoch> change) {
    Supplier<@Nullable Decided> decision =
        () -> {
          Decided before = decided.get(conversation);
          LogEpoch epoch = before == null ? null : before.epoch();
          if (!condition.test(epoch)) {
            return null;
          }
          Decided after =
              new Decided(before == null ? 1 : before.version() + 1, change.apply(epoch));
          decided.put(conversation, after);
          simulation.tell(() -> "decided " + conversation + " " + after);
          return after;
        };
    if (network.fails()) {
      simulation.after(
          simulation.random.nextLong(2 * TIMEOUT.toNanos()),
          () -> {
            Decided late = simulation.random.nextBoolean() ? decision.get() : null;
            if (late != null) {
              replicas.forEach(
                  replica ->
                      simulation.after(network.delay(), () -> replica.put(conversation, late)));
            }
          });
      throw network.noAnswer(TIMEOUT);
    }
    network.pass();
    Decided after = decision.get();
    // One that is refused finishes what those before it left half written.
    Decided now = after == null ? decided.get(conversation) : after;
    if (now != null) {
      write(replica -> replica.put(conversation, now));
    }
    return after != null;
  }

  @Override
  public boolean createEpoch(ConversationId conversation, int first) {
    return transact(
        conversation,
        before -> before == null,
        before -> new LogEpoch(first, 1, Set.of(), first, 0));
  }

  @Override
  public boolean openEpoch(ConversationId conversation, int opening, int previous) {
    return transact(
        conversation,
        before -> before != null && before.opening() == previous,
        before -> new LogEpoch(before.epoch(), before.firstSeq(), before.voids(), opening, 0));
  }

  @Override
  public boolean settleEpoch(ConversationId conversation, LogEpoch settled, int previousEpoch) {
    return transact(
        conversation,
        before ->
            before != null
                && before.opening() == settled.opening()
                && before.epoch() == previousEpoch,
        before -> settled);
  }

  @Override
  public void noteWhole(ConversationId conversation, long seq) {
    write(replica -> replica.whole.merge(conversation, seq, Math::max));
  }

  @Override
  public void noteOpening(UUID node, long micros) {
    simulation.tell(() -> "notice of " + node);
    write(replica -> replica.openings.merge(node, micros, Math::max));
  }

  @Override
  public Map<UUID, Long> openings() {
    Map<UUID, Long> openings = new HashMap<>();
    read(
            replica -> Map.copyOf(replica.openings),
            found ->
                replica -> found.forEach((node, at) -> replica.openings.merge(node, at, Math::max)))
        .forEach(found -> found.forEach((node, at) -> openings.merge(node, at, Math::max)));
    return openings;
  }
}
