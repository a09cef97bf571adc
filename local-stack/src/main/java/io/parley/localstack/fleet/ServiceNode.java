package io.parley.localstack.fleet;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One process of a {@link Fleet}. It keeps its port and its log over every restart. */
public final class ServiceNode {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final int ANSWER_WITHIN_MILLIS = 5_000;

  private final NodeSpec spec;
  private final int port;
  private final int managementPort;
  private final ProcessSpec command;
  private final GuardedProcesses processes;
  private final Duration readyWithin;
  private volatile @Nullable GuardedProcess process;

  ServiceNode(
      NodeSpec spec,
      int port,
      int managementPort,
      ProcessSpec command,
      GuardedProcesses processes,
      Duration readyWithin) {
    this.spec = spec;
    this.port = port;
    this.managementPort = managementPort;
    this.command = command;
    this.processes = processes;
    this.readyWithin = readyWithin;
  }

  public String name() {
    return spec.name();
  }

  public String service() {
    return spec.service();
  }

  public int port() {
    return port;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Both outputs of the process, all its lives one after another. */
  public Path log() {
    return command.log();
  }

  public long pid() {
    return current().pid();
  }

  public boolean isAlive() {
    GuardedProcess now = process;
    return now != null && now.isAlive();
  }

  /** Begins the process; {@link #awaitReady()} waits for it. */
  public void launch() {
    if (isAlive()) {
      throw new IllegalStateException(name() + " runs already");
    }
    process = processes.start(command);
  }

  /**
   * Returns when it is ready to serve; throws with the log's path when it ends or takes too long.
   */
  public void awaitReady() {
    GuardedProcess now = current();
    long deadline = System.nanoTime() + readyWithin.toNanos();
    while (!answersReady()) {
      if (!now.isAlive()) {
        throw LocalStackException.withLog(
            name() + " ended with exit code " + now.exitCode() + " while it started", log());
      }
      if (System.nanoTime() > deadline) {
        throw LocalStackException.withLog(
            name() + " was not ready within " + readyWithin.toSeconds() + " s", log());
      }
      Pause.of(BETWEEN_LOOKS);
    }
  }

  /** Launches and waits. */
  public void start() {
    launch();
    awaitReady();
  }

  /** The orderly end: SIGTERM, and SIGKILL when it takes too long. */
  public void stop() {
    GuardedProcess now = process;
    if (now != null) {
      now.stop();
    }
  }

  /** The crash: SIGKILL. */
  public void kill() {
    current().kill();
  }

  /**
   * After {@link #kill()} or {@link #stop()}, or instead of them; returns when it is ready again.
   */
  public void restart() {
    stop();
    start();
  }

  /** SIGSTOP: alive, its sockets open, and silent. */
  public void freeze() {
    current().freeze();
  }

  /** Ends {@link #freeze()}. */
  public void thaw() {
    current().thaw();
  }

  private GuardedProcess current() {
    GuardedProcess now = process;
    if (now == null) {
      throw new IllegalStateException(name() + " was not started");
    }
    return now;
  }

  private boolean answersReady() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + managementPort + spec.readyPath())
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(ANSWER_WITHIN_MILLIS);
      connection.setReadTimeout(ANSWER_WITHIN_MILLIS);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
