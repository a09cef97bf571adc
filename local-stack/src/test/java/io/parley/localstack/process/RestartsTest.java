package io.parley.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, and time that the test moves. */
class RestartsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong();
  private final List<String> said = new ArrayList<>();
  private GuardedProcesses processes;
  private Restarts restarts;

  @BeforeEach
  void open() {
    processes = GuardedProcesses.open(folder);
    restarts = new Restarts(processes, said::add, now::get);
  }

  @AfterEach
  void close() {
    processes.close();
  }

  @Test
  void pausesShouldGrowAndEnd() throws Exception {
    Path starts = folder.resolve("starts");
    processes.start(shell("breaker", "echo x >> " + starts + "; exit 3"));

    for (int seconds : List.of(1, 2, 4, 8, 16)) {
      awaitEnd();
      restarts.look();
      assertThat(said.getLast())
          .contains("breaker ended with exit code 3 and is started again in " + seconds + " s")
          .contains("breaker.log");
      now.addAndGet(Duration.ofSeconds(seconds).toNanos() - 1);
      restarts.look();
      assertThat(processes.endedByThemselves()).isEmpty();
      now.addAndGet(1);
      restarts.look();
      assertThat(said.getLast()).startsWith("breaker runs again (process ");
    }
    awaitEnd();
    restarts.look();

    assertThat(said.getLast())
        .contains("for the 6th time within 10 minutes, and is left alone; its log: ");
    now.addAndGet(Restarts.WITHIN.toNanos());
    restarts.look();
    assertThat(Files.readAllLines(starts)).hasSize(1 + Restarts.MOST);
    assertThat(processes.endedByThemselves()).isEmpty();
  }

  @Test
  void endsOfLongAgoShouldNotCount() {
    processes.start(shell("breaker", "exit 3"));

    for (int i = 0; i < 2 * Restarts.MOST; i++) {
      awaitEnd();
      restarts.look();
      assertThat(said.getLast()).contains("is started again in 1 s");
      now.addAndGet(Restarts.WITHIN.toNanos() + 1);
      restarts.look();
    }
  }

  /** As PostgreSQL's backends, in whose presence a second server does not start. */
  @Test
  void whatAKilledProcessHasLeftShouldEndBeforeItsSuccessorStarts() {
    GuardedProcess parent = processes.start(shell("parent", "sleep 1000 & wait"));
    ProcessHandle killed = ProcessHandle.of(parent.pid()).orElseThrow();
    long deadline = System.nanoTime() + SOON.toNanos();
    while (killed.children().findAny().isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Pause.of(Duration.ofMillis(20));
    }
    ProcessHandle child = killed.children().findAny().orElseThrow();

    killed.destroyForcibly();
    awaitEnd();
    restarts.look();

    assertThat(said.getLast()).contains("parent ended with exit code 137");
    child.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    restarts.look();
    assertThat(said.getLast()).startsWith("parent runs again (process ");
  }

  /** What was stopped on purpose stays so. */
  @Test
  void stoppedProcessShouldStayStopped() {
    GuardedProcess server = processes.start(shell("server", "sleep 1000"));

    server.stop();
    restarts.look();

    assertThat(said).isEmpty();
  }

  private void awaitEnd() {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (processes.endedByThemselves().isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Pause.of(Duration.ofMillis(20));
    }
  }

  private ProcessSpec shell(String name, String script) {
    return ProcessSpec.of(name, List.of("sh", "-c", script), folder, folder.resolve(name + ".log"));
  }
}
