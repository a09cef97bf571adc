package io.parley.localstack.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Starts again what ended by itself, as it was started before: after a second at first, and after
 * twice as long each further time. What ends more than {@link #MOST} times within {@link #WITHIN}
 * is left alone.
 */
public final class Restarts {

  public static final int MOST = 5;
  public static final Duration WITHIN = Duration.ofMinutes(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final GuardedProcesses processes;
  private final Consumer<String> progress;
  private final LongSupplier nanoTime;

  /** When each ended lately, oldest first, by name. */
  private final Map<String, Deque<Long>> ends = new HashMap<>();

  private final List<Due> due = new ArrayList<>();

  private record Due(ProcessSpec spec, long at) {}

  /**
   * @param progress hears a line of each end and of each start
   */
  public Restarts(GuardedProcesses processes, Consumer<String> progress) {
    this(processes, progress, System::nanoTime);
  }

  Restarts(GuardedProcesses processes, Consumer<String> progress, LongSupplier nanoTime) {
    this.processes = processes;
    this.progress = progress;
    this.nanoTime = nanoTime;
  }

  /** To be called over and over, by one thread. */
  public void look() {
    for (GuardedProcess ended : processes.endedByThemselves()) {
      String why = "exit code " + ended.exitCode();
      // Forgets it, and ends what it has left behind and would be in its successor's way.
      ended.kill();
      plan(ended.spec(), why);
    }
    List<Due> now = due.stream().filter(next -> next.at() - nanoTime.getAsLong() <= 0).toList();
    due.removeAll(now);
    for (Due next : now) {
      start(next.spec());
    }
  }

  private void plan(ProcessSpec spec, String why) {
    long now = nanoTime.getAsLong();
    Deque<Long> lately = ends.computeIfAbsent(spec.name(), name -> new ArrayDeque<>());
    lately.removeIf(end -> now - end > WITHIN.toNanos());
    lately.add(now);
    int times = lately.size();
    if (times > MOST) {
      progress.accept(
          "%s ended with %s, for the %dth time within %d minutes, and is left alone; its log: %s"
              .formatted(spec.name(), why, times, WITHIN.toMinutes(), spec.log()));
      return;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << (times - 1));
    progress.accept(
        "%s ended with %s and is started again in %d s; its log: %s"
            .formatted(spec.name(), why, pause.toSeconds(), spec.log()));
    due.add(new Due(spec, now + pause.toNanos()));
  }

  private void start(ProcessSpec spec) {
    try {
      GuardedProcess process = processes.start(spec);
      progress.accept("%s runs again (process %d)".formatted(spec.name(), process.pid()));
    } catch (LocalStackException e) {
      plan(spec, "\"" + e.getMessage() + "\"");
    }
  }
}
