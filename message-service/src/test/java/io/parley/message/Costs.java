package io.parley.message;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.localstack.Checkout;
import java.time.Duration;
import java.util.stream.Stream;

/** What was spent so far, for what measures by hand. */
public final class Costs {

  private Costs() {}

  /** Of this process. */
  public static Duration cpu() {
    return cpu(ProcessHandle.current());
  }

  /** Of the stores that tests share. */
  public static Duration cpuOfStores() {
    String stores = Checkout.root().resolve(".parley/test-stores").toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(stores))
        .map(Costs::cpu)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Of both nodes to Cassandra. */
  public static long requests() {
    return Stream.of(Nodes.A, Nodes.B)
        .flatMap(
            node ->
                node.get(MeterRegistry.class).find("parley.cassandra.requests").timers().stream())
        .mapToLong(Timer::count)
        .sum();
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
