package io.parley.localstack.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One child of {@link GuardedProcesses}. */
public final class GuardedProcess {
  private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);

  private final ProcessSpec spec;
  private final Process process;
  private final GuardedProcesses owner;

  GuardedProcess(ProcessSpec spec, Process process, GuardedProcesses owner) {
    this.spec = spec;
    this.process = process;
    this.owner = owner;
  }

  public ProcessSpec spec() {
    return spec;
  }

  public long pid() {
    return process.pid();
  }

  public Path log() {
    return spec.log();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Only after its end. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Answers whether it ended within the limit. */
  public boolean awaitEnd(Duration limit) {
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        owner.ended(this);
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks it to end and waits; kills it when it takes too long. Its descendants end with it. */
  public void stop() {
    if (process.isAlive()) {
      GuardedProcesses.signal(spec.stopSignal(), Long.toString(pid()));
      awaitEnd(spec.stopWithin());
    }
    kill();
  }

  /** The crash: SIGKILL for it and its descendants. */
  public void kill() {
    GuardedProcesses.signal("KILL", "-" + pid());
    process.destroyForcibly();
    awaitEnd(KILLED_WITHIN);
  }

  /** Freezes it, as a machine does that swaps or loses its network: SIGSTOP. */
  public void freeze() {
    GuardedProcesses.signal("STOP", Long.toString(pid()));
  }

  /** Undoes {@link #freeze()}. */
  public void thaw() {
    GuardedProcesses.signal("CONT", Long.toString(pid()));
  }
}
