package io.parley.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedProcessesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void startShouldGiveTheProcessItsEnvironmentAndLog() throws IOException {
    try (GuardedProcesses processes = GuardedProcesses.open(folder)) {
      ProcessSpec spec =
          shell("greeter", "echo $GREETING; echo oops >&2")
              .environment(Map.of("GREETING", "hello"));
      processes.run(spec, SOON);
      assertThat(Files.readString(spec.log())).isEqualTo("hello\noops\n");
    }
  }

  @Test
  void runShouldNameTheLogWhenTheProcessFails() {
    try (GuardedProcesses processes = GuardedProcesses.open(folder)) {
      assertThatThrownBy(() -> processes.run(shell("breaker", "exit 7"), SOON))
          .isInstanceOf(LocalStackException.class)
          .hasMessageContaining("breaker failed with exit code 7")
          .hasMessageContaining(folder.resolve("breaker.log").toString());
    }
  }

  @Test
  void killShouldReachDescendants() {
    try (GuardedProcesses processes = GuardedProcesses.open(folder)) {
      GuardedProcess parent = processes.start(shell("parent", "sleep 1000 & wait"));
      ProcessHandle child = childOf(parent);
      parent.kill();
      assertThat(parent.isAlive()).isFalse();
      awaitEnd(child);
    }
  }

  @Test
  void stopShouldKillWhatIgnoresItsSignal() {
    try (GuardedProcesses processes = GuardedProcesses.open(folder)) {
      GuardedProcess stubborn =
          processes.start(
              shell("stubborn", "trap '' TERM; while :; do sleep 0.1; done")
                  .stopWithin(Duration.ofMillis(300)));
      stubborn.stop();
      assertThat(stubborn.isAlive()).isFalse();
    }
  }

  @Test
  void startShouldBeRefusedAfterClose() {
    GuardedProcesses processes = GuardedProcesses.open(folder);
    processes.close();
    assertThatThrownBy(() -> processes.start(shell("late", "true")))
        .isInstanceOf(LocalStackException.class);
  }

  @Test
  void childrenShouldEndWhenTheirJvmIsKilled() throws IOException {
    Process jvm = Keeper.start(folder);
    ProcessHandle child = ProcessHandle.of(Keeper.awaitChild(folder)).orElseThrow();
    assertThat(child.isAlive()).isTrue();
    jvm.destroyForcibly();
    awaitEnd(child);
  }

  @Test
  void openShouldEndWhatAKilledJvmAndWatchdogLeft() throws IOException {
    Process jvm = Keeper.start(folder);
    ProcessHandle child = ProcessHandle.of(Keeper.awaitChild(folder)).orElseThrow();
    List<ProcessHandle> others = jvm.children().filter(other -> !other.equals(child)).toList();
    assertThat(others).as("the watchdog").hasSize(1);
    others.forEach(ProcessHandle::destroyForcibly);
    jvm.destroyForcibly();
    GuardedProcesses.open(folder).close();
    assertThat(child.isAlive()).isFalse();
  }

  /** A JVM with a guarded child. */
  static final class Keeper {
    static Process start(Path folder) throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              Keeper.class.getName(),
              folder.toString())
          .inheritIO()
          .start();
    }

    static long awaitChild(Path folder) throws IOException {
      Path file = folder.resolve("child");
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!Files.exists(file) && System.nanoTime() < deadline) {
        Pause.of(Duration.ofMillis(20));
      }
      return Long.parseLong(Files.readString(file));
    }

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      GuardedProcesses processes = GuardedProcesses.open(folder);
      GuardedProcess child =
          processes.start(
              ProcessSpec.of(
                  "sleeper", List.of("sleep", "1000"), folder, folder.resolve("sleeper.log")));
      Path unfinished = folder.resolve("child.new");
      Files.writeString(unfinished, "" + child.pid());
      Files.move(unfinished, folder.resolve("child"));
      child.awaitEnd(Duration.ofMinutes(5));
    }
  }

  private ProcessSpec shell(String name, String script) {
    return ProcessSpec.of(name, List.of("sh", "-c", script), folder, folder.resolve(name + ".log"));
  }

  private static ProcessHandle childOf(GuardedProcess parent) {
    ProcessHandle handle = ProcessHandle.of(parent.pid()).orElseThrow();
    long deadline = System.nanoTime() + SOON.toNanos();
    while (handle.children().noneMatch(child -> command(child).endsWith("sleep"))
        && System.nanoTime() < deadline) {
      Pause.of(Duration.ofMillis(20));
    }
    return handle.children().findFirst().orElseThrow();
  }

  private static String command(ProcessHandle process) {
    return process.info().command().orElse("");
  }

  private static void awaitEnd(ProcessHandle process) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      Pause.of(Duration.ofMillis(20));
    }
    assertThat(process.isAlive()).isFalse();
  }
}
