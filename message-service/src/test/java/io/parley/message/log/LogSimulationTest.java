package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.log.SimulatedNode.Variant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs {@link LogSimulation} on many seeds. {@code scripts/simulate.sh} runs as many as wanted, and
 * a single one again with its course of events.
 */
class LogSimulationTest {

  private static final long SEEDS = Long.getLong("parley.simulation.seeds", 10_000);
  private static final long FIRST_SEED = Long.getLong("parley.simulation.first-seed", 1);
  private static final long SEEDS_FOR_A_BROKEN_LOG = 10_000;
  private static final long REPORTED = 50_000;

  @BeforeAll
  static void logNothing() {
    LogSimulation.logNothing(true);
  }

  @AfterAll
  static void logAgain() {
    LogSimulation.logNothing(false);
  }

  @Test
  void whatIsPromisedShouldHoldOnEachSeed() {
    AtomicLong held = new AtomicLong();
    LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
        .parallel()
        .forEach(
            seed -> {
              new LogSimulation(seed, Variant.SOUND, SEEDS == 1).run();
              if (held.incrementAndGet() % REPORTED == 0) {
                System.out.println(held.get() + " seeds held");
              }
            });
    assertThat(held.get()).isEqualTo(SEEDS);
  }

  @Test
  void theSameSeedShouldTakeTheSameCourse() {
    for (long seed = 1; seed <= 20; seed++) {
      LogSimulation first = new LogSimulation(seed, Variant.SOUND, false);
      first.run();
      LogSimulation second = new LogSimulation(seed, Variant.SOUND, false);
      second.run();
      assertThat(second.steps()).isEqualTo(first.steps());
    }
  }

  @ParameterizedTest
  @EnumSource(value = Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
  void aBrokenLogShouldBeCaught(Variant broken) {
    boolean caught =
        LongStream.range(0, SEEDS_FOR_A_BROKEN_LOG)
            .parallel()
            .anyMatch(seed -> !holds(seed, broken));
    assertThat(caught).isTrue();
  }

  private static boolean holds(long seed, Variant variant) {
    try {
      new LogSimulation(seed, variant, false).run();
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }
}
