package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.log.SimulatedTable;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** As {@link CassandraDeletionStore} writes. */
public final class SimulatedDeletionStore implements DeletionStore {

  private record Key(UUID conversation, long target) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::conversation).thenComparing(Key::target);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param decision without the event's seq, which no transaction touches
   * @param eventSeq the highest: the event of a deletion is one, whoever notes it
   */
  private record Cells(@Nullable Deletion decision, long eventSeq) {
    Cells and(Cells other) {
      return new Cells(
          decision == null ? other.decision : decision, Math.max(eventSeq, other.eventSeq));
    }
  }

  private final SimulatedTable<Key, Cells> rows;

  public SimulatedDeletionStore(SimulatedReplicas replicas) {
    this.rows = replicas.table(Cells::and);
  }

  @Override
  public Deletion decide(Deletion wanted) {
    Key wantedKey = new Key(wanted.conversation().value(), wanted.target());
    if (rows.insertIfAbsent(wantedKey, new Cells(wanted, 0))) {
      return wanted;
    }
    Cells cells = Objects.requireNonNull(rows.read(wantedKey::equals).get(wantedKey));
    Deletion decided = Objects.requireNonNull(cells.decision());
    return new Deletion(
        decided.conversation(),
        decided.target(),
        decided.by(),
        decided.at(),
        decided.after(),
        cells.eventSeq());
  }

  @Override
  public void completed(Deletion deletion, long eventSeq) {
    rows.write(
        new Key(deletion.conversation().value(), deletion.target()), new Cells(null, eventSeq));
  }

  @Override
  public long countAfter(ConversationId conversation, long seq, long head) {
    // As Cassandra does it: all of the stretches.
    return read(conversation, target -> target > seq).size();
  }

  @Override
  public Set<Long> among(ConversationId conversation, Collection<Long> seqs) {
    return seqs.isEmpty()
        ? Set.of()
        : read(conversation, seqs::contains).keySet().stream()
            .map(Key::target)
            .collect(Collectors.toSet());
  }

  private SortedMap<Key, Cells> read(ConversationId conversation, LongPredicate wanted) {
    return rows.read(
        key -> key.conversation().equals(conversation.value()) && wanted.test(key.target()));
  }
}
