package io.parley.message.reaction;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.SimulatedCell;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.log.SimulatedTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** As {@link CassandraReactionStore} writes. */
public final class SimulatedReactionStore implements ReactionStore {

  private static final long STRETCH = 100;
  private static final Reaction COUNTS = new Reaction("", new UserId(new UUID(0, 0)));

  /** In the order in which Cassandra has them. */
  private record Key(UUID conversation, long target, Reaction reaction) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::conversation)
            .thenComparing(Key::target)
            .thenComparing(
                key -> key.reaction().emoji().getBytes(StandardCharsets.UTF_8),
                Arrays::compareUnsigned)
            .thenComparing(
                key -> key.reaction().user().value().getMostSignificantBits(),
                Long::compareUnsigned)
            .thenComparing(
                key -> key.reaction().user().value().getLeastSignificantBits(),
                Long::compareUnsigned);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param tallies of the row that has the counts
   */
  private record Row(boolean present, List<Tally> tallies) {}

  private final SimulatedTable<Key, SimulatedCell<Row>> rows;

  public SimulatedReactionStore(SimulatedReplicas replicas) {
    this.rows =
        replicas.table(
            (one, other) ->
                Objects.requireNonNull(
                    SimulatedReplicas.later(one, other, Comparator.comparing(Row::toString))));
  }

  @Override
  public void write(
      ConversationId conversation,
      long target,
      long seq,
      List<ReactionChange> changes,
      List<Tally> tallies) {
    Map<Key, SimulatedCell<Row>> batch = new TreeMap<>();
    for (ReactionChange change : changes) {
      batch.put(
          new Key(conversation.value(), target, change.reaction()),
          new SimulatedCell<>(new Row(change.added(), List.of()), seq));
    }
    batch.put(
        new Key(conversation.value(), target, COUNTS),
        new SimulatedCell<>(new Row(false, List.copyOf(tallies)), seq));
    rows.write(batch);
  }

  private SortedMap<Key, SimulatedCell<Row>> read(
      ConversationId conversation, Predicate<Key> wanted) {
    return rows.read(key -> key.conversation().equals(conversation.value()) && wanted.test(key));
  }

  @Override
  public ReactionState state(
      ConversationId conversation, long target, Collection<Reaction> reactions) {
    return states(
            read(
                conversation,
                key ->
                    key.target() == target
                        && (key.reaction().equals(COUNTS) || reactions.contains(key.reaction()))))
        .getOrDefault(target, ReactionState.NONE);
  }

  @Override
  public Map<Long, ReactionState> states(
      ConversationId conversation, Collection<Long> targets, UserId user) {
    Map<Long, ReactionState> states = new HashMap<>();
    targets.stream()
        .map(target -> target / STRETCH)
        .distinct()
        .forEach(
            stretch ->
                states.putAll(
                    states(
                        read(
                            conversation,
                            key ->
                                key.target() / STRETCH == stretch
                                    && targets.contains(key.target())
                                    && (key.reaction().equals(COUNTS)
                                        || key.reaction().user().equals(user))))));
    return states;
  }

  private static Map<Long, ReactionState> states(SortedMap<Key, SimulatedCell<Row>> read) {
    Map<Long, Set<Reaction>> present = new HashMap<>();
    read.forEach(
        (key, row) -> {
          if (row.value().present()) {
            present.computeIfAbsent(key.target(), target -> new HashSet<>()).add(key.reaction());
          }
        });
    Map<Long, ReactionState> states = new HashMap<>();
    read.forEach(
        (key, row) -> {
          if (key.reaction().equals(COUNTS)) {
            states.put(
                key.target(),
                new ReactionState(
                    row.timestamp(),
                    row.value().tallies(),
                    present.getOrDefault(key.target(), Set.of())));
          }
        });
    return states;
  }

  @Override
  public List<Stored> after(ConversationId conversation, long target, Reaction after, int limit) {
    Key start = new Key(conversation.value(), target, after);
    return read(conversation, key -> key.target() == target && key.compareTo(start) > 0)
        .entrySet()
        .stream()
        .limit(limit)
        .map(
            row ->
                new Stored(
                    row.getKey().reaction(),
                    row.getValue().value().present(),
                    row.getValue().timestamp()))
        .toList();
  }
}
