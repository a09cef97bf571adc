package io.parley.message.log;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

/** How long things take between nodes and stores, and how they fail. */
public final class SimulatedNetwork {

  /** Is told of everything that is to be changed in a store, by the thread that has it changed. */
  public interface Writes {

    default void before() {}

    /** How many of the replicas a write still reaches; when not all, its process dies over it. */
    default int reach(int replicas) {
      return replicas;
    }

    default void after() {}
  }

  private final Simulation simulation;
  private final Random random;

  /** What most messages take at most. */
  private final long usualNanos;

  /** Out of 1000 messages so many are much slower, and out of 1000 requests so many fail. */
  private final int slow;

  private final int failing;
  private boolean calm;
  private Writes writes = new Writes() {};

  public SimulatedNetwork(Simulation simulation, Duration usual, int slow, int failing) {
    this.simulation = simulation;
    this.random = simulation.random;
    this.usualNanos = usual.toNanos();
    this.slow = slow;
    this.failing = failing;
  }

  /** From now on nothing is slow, and nothing fails. */
  public void calmDown() {
    calm = true;
  }

  public void tell(Writes listener) {
    writes = listener;
  }

  public Writes writes() {
    return writes;
  }

  long delay() {
    if (!calm && random.nextInt(1000) < slow) {
      return random.nextLong(8_000_000_000L);
    }
    return 50_000 + random.nextLong(usualNanos);
  }

  void pass() {
    simulation.sleep(delay());
  }

  boolean fails() {
    return !calm && random.nextInt(1000) < failing;
  }

  /**
   * One request and its answer. It may be lost, or its answer, or take effect long after it was
   * given up.
   *
   * @param effect what it does, in one step
   */
  <T> T request(Duration timeout, Supplier<T> effect) {
    if (!fails()) {
      pass();
      T answer = effect.get();
      pass();
      return answer;
    }
    switch (random.nextInt(3)) {
      case 0 -> {} // lost
      case 1 -> {
        pass();
        T unheard = effect.get();
        simulation.tell(() -> "not heard: " + unheard);
      }
      default ->
          simulation.after(
              random.nextLong(2 * timeout.toNanos()),
              () -> {
                T unheard = effect.get();
                simulation.tell(() -> "late: " + unheard);
              });
    }
    throw noAnswer(timeout);
  }

  /** As {@link #request}, when it changes something. */
  <T> T change(Duration timeout, Supplier<T> effect) {
    writes.before();
    T answer = request(timeout, effect);
    writes.after();
    return answer;
  }

  /** Sometimes it is known at once that there is no answer. */
  ProblemException noAnswer(Duration timeout) {
    simulation.sleep(random.nextBoolean() ? timeout.toNanos() : delay());
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE);
  }
}
