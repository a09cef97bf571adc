package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The log's tables on {@link SimulatedReplicas}. */
public class SimulatedCassandra implements EventStore {

  private static final long MICROS = 1_000;
  private static final long AFTER_ALL_EDITS = 1L << 50;

  /** The primary key. */
  private record Key(ConversationId conversation, long seq, int epoch, UUID id)
      implements Comparable<Key> {
    static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.conversation().value())
            .thenComparing(Key::seq)
            .thenComparing(Key::epoch)
            .thenComparing(Key::id);

    static Key of(LogEvent event) {
      return new Key(event.conversation(), event.seq(), event.epoch(), event.id().value());
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** An epoch row as the {@code version}th transaction left it. */
  private record Decided(long version, LogEpoch epoch) {}

  private static final class Replica {
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
  private final SimulatedReplicas replicas;
  private final SimulatedTable<Key, SimulatedRow> rows;
  private final List<Replica> others = SimulatedReplicas.ofEach(Replica::new);
  private final Map<ConversationId, Decided> decided = new HashMap<>();
  private final Map<Key, Long> written = new HashMap<>();
  private final List<Runnable> onInsert = new ArrayList<>();

  public SimulatedCassandra(Simulation simulation, SimulatedNetwork network, int bucketEvents) {
    this.simulation = simulation;
    this.network = network;
    this.bucketEvents = bucketEvents;
    this.replicas = new SimulatedReplicas(simulation, network);
    this.rows = replicas.table(SimulatedRow::and);
  }

  /** For the tables of others. */
  public SimulatedReplicas replicas() {
    return replicas;
  }

  /** Has something done before each insert, by the thread that does it. */
  void onInsert(Runnable listener) {
    onInsert.add(listener);
  }

  /** When the first replica got the row, in simulated time. */
  long writtenAt(LogEvent event) {
    return written.getOrDefault(Key.of(event), Long.MAX_VALUE);
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
    SimulatedRow row = SimulatedRow.inserted(event, micros(event));
    replicas.write(
        replica -> {
          rows.put(replica, Key.of(event), row);
          wrote(event);
        });
  }

  private void wrote(LogEvent event) {
    if (written.putIfAbsent(Key.of(event), simulation.nanos()) == null) {
      simulation.tell(
          () ->
              "row %s seq %d of epoch %d: %s %s"
                  .formatted(
                      event.conversation(), event.seq(), event.epoch(), event.kind(), event.id()));
    }
  }

  private static long micros(LogEvent event) {
    return event.at().toEpochMilli() * MICROS;
  }

  @Override
  public void overwrite(LogEvent event, String payload, long deletedSeq) {
    rows.read(key -> key.conversation().equals(event.conversation()) && key.seq() == event.seq())
        .forEach(
            (key, row) -> {
              SimulatedCell<String> body = row.body();
              if (key.id().equals(event.id().value()) && body != null) {
                long after = Math.max(body.timestamp() + 1, micros(event) + AFTER_ALL_EDITS);
                rows.write(key, SimulatedRow.overwritten(payload, deletedSeq, after));
              }
            });
  }

  @Override
  public void edit(LogEvent message, long editedSeq, String content) {
    long timestamp = micros(message) + editedSeq - message.seq();
    rows.write(Key.of(message), SimulatedRow.edited(editedSeq, content, timestamp));
  }

  @Override
  public void markReacted(LogEvent message) {
    rows.write(Key.of(message), SimulatedRow.markedReacted());
  }

  private List<LogEvent> rows(ConversationId conversation, Predicate<Key> wanted) {
    List<LogEvent> events = new ArrayList<>();
    for (SimulatedRow row :
        rows.read(key -> key.conversation().equals(conversation) && wanted.test(key)).values()) {
      LogEvent event = row.event();
      if (event != null) {
        events.add(event);
      }
    }
    return events;
  }

  @Override
  public List<LogEvent> at(ConversationId conversation, long seq) {
    return rows(conversation, row -> row.seq() == seq);
  }

  @Override
  public List<LogEvent> from(ConversationId conversation, long from, int limit) {
    long bucket = bucketOf(from);
    return limited(
        rows(conversation, row -> row.seq() >= from && bucketOf(row.seq()) == bucket), limit);
  }

  @Override
  public List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit) {
    return limited(
        rows(conversation, row -> row.seq() < before && bucketOf(row.seq()) == bucket).reversed(),
        limit);
  }

  private static List<LogEvent> limited(List<LogEvent> events, int limit) {
    return events.subList(0, Math.min(limit, events.size()));
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
        replicas.read(
            replica ->
                new EpochRow(
                    others.get(replica).epochs.get(conversation),
                    others.get(replica).whole.getOrDefault(conversation, 0L)),
            row ->
                replica -> {
                  if (row.decided() != null) {
                    others.get(replica).put(conversation, row.decided());
                  }
                  others.get(replica).whole.merge(conversation, row.whole(), Math::max);
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
    return replicas.transact(
        decision,
        () -> decided.get(conversation),
        epoch -> replica -> others.get(replica).put(conversation, epoch));
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
    replicas.write(replica -> others.get(replica).whole.merge(conversation, seq, Math::max));
  }

  @Override
  public void noteOpening(UUID node, long micros) {
    simulation.tell(() -> "notice of " + node);
    replicas.write(replica -> others.get(replica).openings.merge(node, micros, Math::max));
  }

  @Override
  public Map<UUID, Long> openings() {
    Map<UUID, Long> openings = new HashMap<>();
    replicas
        .read(
            replica -> Map.copyOf(others.get(replica).openings),
            found ->
                replica ->
                    found.forEach(
                        (node, at) -> others.get(replica).openings.merge(node, at, Math::max)))
        .forEach(found -> found.forEach((node, at) -> openings.merge(node, at, Math::max)));
    return openings;
  }
}
