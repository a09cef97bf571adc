package io.parley.message.change;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.parley.message.change.ChangesSimulation.Crash;
import io.parley.message.change.ChangesSimulation.Misfortune;
import io.parley.message.change.ChangesSimulation.Moment;
import io.parley.message.change.SimulatedFeatures.Variant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link ChangesSimulation} on many seeds, and with a death about each single write. {@code
 * scripts/simulate.sh changes} runs as many seeds as wanted.
 */
class ChangesSimulationTest {

  private static final long SEEDS = Long.getLong("parley.simulation.seeds", 300);
  private static final long FIRST_SEED = Long.getLong("parley.simulation.first-seed", 1);
  private static final long SEEDS_FOR_A_BROKEN_STORE = 2_000;
  private static final long REPORTED = 10_000;
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.parley.message");

  /** What goes wrong here is meant to. */
  @BeforeAll
  static void logNothing() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOGGER.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource(
      value = Misfortune.class,
      names = {"USUAL", "FORGETFUL"})
  void viewsShouldBeWhatTheLogSaysOnEachSeed(Misfortune misfortune) {
    AtomicLong held = new AtomicLong();
    LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
        .parallel()
        .forEach(
            seed -> {
              run(
                  "seed " + seed + " of " + misfortune,
                  new ChangesSimulation(seed, Variant.SOUND, misfortune, SEEDS == 1));
              if (held.incrementAndGet() % REPORTED == 0) {
                System.out.println(held.get() + " seeds held");
              }
            });
    assertThat(held.get()).isEqualTo(SEEDS);
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void viewsShouldBeWhatTheLogSaysWhereverANodeDies(Moment moment) {
    ChangesSimulation whole = new ChangesSimulation(Variant.SOUND, null, true, false);
    run("nobody dies", whole);
    assertThat(whole.writes()).isGreaterThan(50);
    IntStream.rangeClosed(1, whole.writes())
        .parallel()
        .forEach(
            write -> {
              Crash crash = new Crash(write, moment);
              run(crash + ", repeated", new ChangesSimulation(Variant.SOUND, crash, true, false));
              run(crash + ", given up", new ChangesSimulation(Variant.SOUND, crash, false, false));
            });
  }

  @Test
  void theSameSeedShouldTakeTheSameCourse() {
    for (long seed = 1; seed <= 20; seed++) {
      ChangesSimulation first =
          new ChangesSimulation(seed, Variant.SOUND, Misfortune.FORGETFUL, false);
      first.run();
      ChangesSimulation second =
          new ChangesSimulation(seed, Variant.SOUND, Misfortune.FORGETFUL, false);
      second.run();
      assertThat(second.steps()).isEqualTo(first.steps());
    }
  }

  @Test
  void viewsThatNobodyCompletesForTheDeadShouldBeCaught() {
    ChangesSimulation whole = new ChangesSimulation(Variant.SOUND, null, true, false);
    whole.run();
    assertThat(
            IntStream.rangeClosed(1, whole.writes())
                .parallel()
                .anyMatch(
                    write ->
                        !holds(
                            new ChangesSimulation(
                                Variant.NOTHING_IS_APPLIED_FOR_THE_DEAD,
                                new Crash(write, Moment.AFTER),
                                false,
                                false))))
        .isTrue();
  }

  @Test
  void statesThatGoBackShouldBeCaught() {
    assertThat(
            LongStream.range(0, SEEDS_FOR_A_BROKEN_STORE)
                .parallel()
                .anyMatch(
                    seed ->
                        !holds(
                            new ChangesSimulation(
                                seed, Variant.LAST_WRITE_STAYS, Misfortune.USUAL, false))))
        .isTrue();
  }

  private static boolean holds(ChangesSimulation simulation) {
    try {
      simulation.run();
      return true;
    } catch (RuntimeException | AssertionError e) {
      return false;
    }
  }

  private static void run(String course, ChangesSimulation simulation) {
    try {
      simulation.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(course + ": " + e.getMessage(), e);
    }
  }
}
