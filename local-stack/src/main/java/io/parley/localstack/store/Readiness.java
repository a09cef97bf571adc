package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import java.io.IOException;
import java.time.Duration;

/** Waits until a server that was just started answers. */
final class Readiness {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(40);

  private Readiness() {}

  /** A request that throws while the server is not ready. */
  @FunctionalInterface
  interface Request {
    void send() throws IOException;
  }

  static void await(GuardedProcess server, Duration limit, Request request) {
    Runnable check =
        () -> {
          if (!server.isAlive()) {
            throw LocalStackException.withLog(
                server.spec().name() + " ended with exit code " + server.exitCode(), server.log());
          }
        };
    String late = await(limit, check, request);
    if (!late.isEmpty()) {
      throw LocalStackException.withLog(server.spec().name() + late, server.log());
    }
  }

  /**
   * Answers nothing, or why it gave up.
   *
   * @param check throws when there is no use in waiting any longer
   */
  static String await(Duration limit, Runnable check, Request request) {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      check.run();
      try {
        request.send();
        return "";
      } catch (IOException e) {
        last = " (" + e.getMessage() + ")";
        Pause.of(BETWEEN_TRIES);
      }
    }
    return " did not answer within " + limit.toSeconds() + " s" + last;
  }
}
