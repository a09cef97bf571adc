package io.parley.message.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Three replicas that learn of each write at times of their own, or never. A write returns when two
 * have it. A read asks two, at two instants, and before it returns puts right at both what one of
 * them lacked. A lightweight transaction is decided at one instant and then written like anything
 * else.
 */
public final class SimulatedReplicas {

  static final int COUNT = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Simulation simulation;
  private final SimulatedNetwork network;

  public SimulatedReplicas(Simulation simulation, SimulatedNetwork network) {
    this.simulation = simulation;
    this.network = network;
  }

  /** A table that is empty. */
  public <K extends Comparable<K>, V> SimulatedTable<K, V> table(BinaryOperator<V> merge) {
    return new SimulatedTable<>(this, merge);
  }

  /** Whether what a statement has started first is done first. */
  public boolean inOrder() {
    return simulation.random.nextBoolean();
  }

  /**
   * @param mutation of a replica, in one step
   */
  void write(IntConsumer mutation) {
    network.writes().before();
    spread(mutation);
    network.writes().after();
  }

  private void spread(IntConsumer mutation) {
    if (network.fails()) {
      int reached = simulation.random.nextInt(COUNT + 1);
      for (int i = 0; i < reached; i++) {
        int replica = i;
        simulation.after(
            simulation.random.nextLong(2 * TIMEOUT.toNanos()), () -> mutation.accept(replica));
      }
      throw network.noAnswer(TIMEOUT);
    }
    int reach = network.writes().reach(COUNT);
    long[] delays = new long[COUNT];
    for (int i = 0; i < reach; i++) {
      int replica = i;
      delays[i] = network.delay();
      simulation.after(delays[i], () -> mutation.accept(replica));
    }
    if (reach < COUNT) {
      simulation.crash();
    }
    Arrays.sort(delays);
    simulation.sleep(delays[1] + network.delay());
  }

  /**
   * @param snapshot what is asked of a replica, in one step
   * @param repair puts what a snapshot holds where it may be missing
   * @return the snapshots of two replicas
   */
  <T> List<T> read(IntFunction<T> snapshot, Function<T, IntConsumer> repair) {
    if (network.fails()) {
      throw network.noAnswer(TIMEOUT);
    }
    int left = simulation.random.nextInt(COUNT);
    int one = (left + 1) % COUNT;
    int two = (left + 2) % COUNT;
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

  /**
   * @param decision decides, in one step; null: it is refused
   * @param decided what was decided before
   * @param commit of a decision to a replica
   * @return whether it is decided so
   */
  <T> boolean transact(
      Supplier<@Nullable T> decision,
      Supplier<@Nullable T> decided,
      Function<T, IntConsumer> commit) {
    if (network.fails()) {
      simulation.after(
          simulation.random.nextLong(2 * TIMEOUT.toNanos()),
          () -> {
            T late = simulation.random.nextBoolean() ? decision.get() : null;
            if (late != null) {
              IntConsumer mutation = commit.apply(late);
              for (int i = 0; i < COUNT; i++) {
                int replica = i;
                simulation.after(network.delay(), () -> mutation.accept(replica));
              }
            }
          });
      throw network.noAnswer(TIMEOUT);
    }
    network.writes().before();
    network.pass();
    T after = decision.get();
    // One that is refused finishes what those before it left half written.
    T now = after == null ? decided.get() : after;
    if (now != null) {
      spread(commit.apply(now));
    }
    network.writes().after();
    return after != null;
  }

  /** The later one, by time of writing; of two with one time that which is greater. */
  public static <V> @Nullable SimulatedCell<V> later(
      @Nullable SimulatedCell<V> one,
      @Nullable SimulatedCell<V> other,
      Comparator<? super V> greater) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    if (one.timestamp() != other.timestamp()) {
      return one.timestamp() > other.timestamp() ? one : other;
    }
    return greater.compare(one.value(), other.value()) >= 0 ? one : other;
  }

  static <T> List<T> ofEach(Supplier<T> make) {
    List<T> replicas = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      replicas.add(make.get());
    }
    return replicas;
  }
}
