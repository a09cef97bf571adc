package io.parley.message.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/**
 * A table on {@link SimulatedReplicas}.
 *
 * @param <K> the primary key
 * @param <V> the cells of a row with their times of writing; a value that never changes, of which
 *     two merge into what both say, in whatever order and however often
 */
public final class SimulatedTable<K extends Comparable<K>, V> {

  private final SimulatedReplicas replicas;
  private final BinaryOperator<V> merge;
  private final List<TreeMap<K, V>> rows = SimulatedReplicas.ofEach(TreeMap::new);
  private final Map<K, V> decided = new HashMap<>();

  SimulatedTable(SimulatedReplicas replicas, BinaryOperator<V> merge) {
    this.replicas = replicas;
    this.merge = merge;
  }

  public void write(K key, V cells) {
    write(Map.of(key, cells));
  }

  /** Rows of one partition, that are seen at once. */
  public void write(Map<K, V> partition) {
    replicas.write(replica -> partition.forEach((key, cells) -> put(replica, key, cells)));
  }

  void put(int replica, K key, V cells) {
    rows.get(replica).merge(key, cells, merge);
  }

  /** Rows of one partition. */
  public SortedMap<K, V> read(Predicate<K> wanted) {
    List<SortedMap<K, V>> read =
        replicas.read(
            replica -> {
              SortedMap<K, V> found = new TreeMap<>();
              rows.get(replica)
                  .forEach(
                      (key, cells) -> {
                        if (wanted.test(key)) {
                          found.put(key, cells);
                        }
                      });
              return found;
            },
            found -> replica -> found.forEach((key, cells) -> put(replica, key, cells)));
    SortedMap<K, V> merged = read.getFirst();
    if (!merged.equals(read.getLast())) {
      read.getLast().forEach((key, cells) -> merged.merge(key, cells, merge));
    }
    return merged;
  }

  /** A lightweight transaction: {@code IF NOT EXISTS}. */
  public boolean insertIfAbsent(K key, V cells) {
    return replicas.<V>transact(
        () -> decided.putIfAbsent(key, cells) == null ? cells : null,
        () -> decided.get(key),
        row -> replica -> put(replica, key, row));
  }
}
