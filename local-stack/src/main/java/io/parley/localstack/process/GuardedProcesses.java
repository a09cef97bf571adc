package io.parley.localstack.process;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Child processes that end with this JVM, whatever ends it, {@code kill -9} included.
 *
 * <p>A watchdog shell holds a pipe from this JVM and is told of every child before the child
 * begins. When the pipe closes, it ends what is left. Each child leads a session of its own, so
 * that its descendants end with it and a Ctrl-C in the terminal reaches only this JVM, which then
 * stops everything in order.
 *
 * <p>A folder belongs to one such set at a time: see {@link #open(Path)}.
 */
public final class GuardedProcesses implements AutoCloseable {
  /** The child waits for a line, so that it never runs without the watchdog knowing its id. */
  private static final String WAIT_FOR_GO = "read -r go && exec setsid \"$@\" </dev/null";

  /** The watchdog needs five seconds at most. */
  private static final Duration LEFTOVERS_END_WITHIN = Duration.ofSeconds(7);

  private final Path record;
  private final Process watchdog;
  private final BufferedWriter watchdogInput;
  private final List<GuardedProcess> running = new ArrayList<>();
  private volatile boolean closed;

  private GuardedProcesses(Path record, Process watchdog) {
    this.record = record;
    this.watchdog = watchdog;
    this.watchdogInput = watchdog.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Waits for what a crashed run left in this folder, ends it if it does not end by itself, and
   * begins anew. The caller holds the folder's lock.
   */
  public static GuardedProcesses open(Path folder) {
    try {
      Files.createDirectories(folder);
      Path record = folder.resolve("processes");
      endLeftovers(record);
      Files.deleteIfExists(record);
      return new GuardedProcesses(record, startWatchdog());
    } catch (IOException e) {
      throw new LocalStackException("cannot use the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Starts a process; it runs, but need not be ready, when this returns. */
  public synchronized GuardedProcess start(ProcessSpec spec) {
    if (closed) {
      throw new LocalStackException(spec.name() + " is not started: everything is being stopped");
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", WAIT_FOR_GO, "sh"));
    command.addAll(spec.command());
    try {
      Files.createDirectories(spec.log().toAbsolutePath().getParent());
      Files.createDirectories(spec.folder());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(spec.folder().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
      builder.environment().putAll(spec.environment());
      Process process = builder.start();
      tellWatchdog("+ " + spec.stopSignal() + " " + process.pid());
      Files.writeString(
          record,
          process.pid() + " " + startOf(process.toHandle()) + " " + spec.name() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      try (BufferedWriter go = process.outputWriter(StandardCharsets.UTF_8)) {
        go.write("go\n");
      }
      GuardedProcess guarded = new GuardedProcess(spec, process, this);
      running.add(guarded);
      return guarded;
    } catch (IOException e) {
      throw LocalStackException.withLog(
          spec.name() + " cannot be started: " + e.getMessage(), spec.log());
    }
  }

  /** Runs a process to its end. */
  public void run(ProcessSpec spec, Duration limit) {
    GuardedProcess process = start(spec);
    if (!process.awaitEnd(limit)) {
      process.kill();
      throw LocalStackException.withLog(
          spec.name() + " did not end within " + limit.toSeconds() + " s", spec.log());
    }
    if (process.exitCode() != 0) {
      throw LocalStackException.withLog(
          spec.name() + " failed with exit code " + process.exitCode(), spec.log());
    }
  }

  /**
   * Runs the action if the watchdog ends before {@link #close()}: from then on nothing is guarded.
   */
  public void onWatchdogLost(Runnable action) {
    var unused =
        watchdog
            .onExit()
            .thenRun(
                () -> {
                  if (!closed) {
                    action.run();
                  }
                });
  }

  /** Those that ended without having been asked, each until it is stopped or killed. */
  public synchronized List<GuardedProcess> endedByThemselves() {
    return running.stream().filter(process -> !process.isAlive()).toList();
  }

  /** Stops what still runs, all at once, and refuses new ones. */
  @Override
  public void close() {
    List<GuardedProcess> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(running);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      left.forEach(process -> threads.execute(process::stop));
    }
    try {
      watchdogInput.close();
      watchdog.waitFor(10, TimeUnit.SECONDS);
      Files.deleteIfExists(record);
    } catch (IOException e) {
      // The watchdog is gone already, and so is everything it watched.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void ended(GuardedProcess process) {
    if (running.remove(process)) {
      try {
        tellWatchdog("- " + process.spec().stopSignal() + " " + process.pid());
      } catch (IOException e) {
        // Only the watchdog's own end closes the pipe, and onWatchdogLost reports that.
      }
    }
  }

  private void tellWatchdog(String line) throws IOException {
    watchdogInput.write(line);
    watchdogInput.newLine();
    watchdogInput.flush();
  }

  private static Process startWatchdog() throws IOException {
    try (InputStream script = GuardedProcesses.class.getResourceAsStream("watchdog.sh")) {
      if (script == null) {
        throw new IllegalStateException("watchdog.sh is not on the class path");
      }
      String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
      return new ProcessBuilder("setsid", "sh", "-c", text)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    }
  }

  private static void endLeftovers(Path record) throws IOException {
    if (!Files.exists(record)) {
      return;
    }
    List<ProcessHandle> left = new ArrayList<>();
    for (String line : Files.readAllLines(record)) {
      String[] fields = line.split(" ", 3);
      if (fields.length == 3 && fields[0].matches("\\d+")) {
        ProcessHandle.of(Long.parseLong(fields[0]))
            .filter(handle -> startOf(handle).equals(fields[1]))
            .ifPresent(left::add);
      }
    }
    long deadline = System.nanoTime() + LEFTOVERS_END_WITHIN.toNanos();
    for (ProcessHandle handle : left) {
      awaitEnd(handle, deadline);
    }
    for (ProcessHandle handle : left) {
      if (handle.isAlive()) {
        signal("KILL", "-" + handle.pid());
      }
    }
    for (ProcessHandle handle : left) {
      awaitEnd(handle, System.nanoTime() + LEFTOVERS_END_WITHIN.toNanos());
    }
  }

  private static void awaitEnd(ProcessHandle handle, long deadline) {
    while (handle.isAlive() && System.nanoTime() < deadline) {
      Pause.of(Duration.ofMillis(50));
    }
  }

  /** A process id alone may have been given to somebody else since: this tells them apart. */
  public static String startOf(ProcessHandle handle) {
    Optional<Instant> start = handle.info().startInstant();
    return start.map(instant -> Long.toString(instant.toEpochMilli())).orElse("unknown");
  }

  /**
   * Sends a signal to a process, or to a group when the id is negative. A target that is gone is
   * fine.
   */
  static void signal(String signal, String id) {
    try {
      new ProcessBuilder("sh", "-c", "kill -s " + signal + " -- " + id)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
