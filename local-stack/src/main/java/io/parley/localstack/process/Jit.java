package io.parley.localstack.process;

import java.util.List;

/**
 * Which compilers the JVMs of a local run use. What serves a few people for an hour is started
 * sooner with less of them: that saves a third of the CPU of a start without AOT caches, and a
 * tenth of one with them. {@code PARLEY_FULL_JIT=true} leaves them as on a server, for measuring.
 */
public final class Jit {
  /** Ten times the JVM's own thresholds: C2 gets what is hot after a start, too. */
  private static final List<String> C2_LATE =
      List.of(
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:Tier4BackEdgeThreshold=400000");

  private Jit() {}

  public static List<String> ofServices() {
    return isFull() ? List.of() : C2_LATE;
  }

  /** Cassandra is up in half the time with C1 alone. */
  public static List<String> ofStores() {
    return isFull() ? List.of() : List.of("-XX:TieredStopAtLevel=1");
  }

  private static boolean isFull() {
    return Boolean.parseBoolean(System.getenv("PARLEY_FULL_JIT"));
  }
}
