package io.parley.message.metrics;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.parley.common.metrics.CommonMeter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the meters of one message cost, and of one event for one socket: run by hand. Not a test.
 */
final class MeterCosts {

  private static final int ROUNDS = 5;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter accepted = MessageMeter.ACCEPTED.counter(registry, "new");
  private final Counter limit = CommonMeter.LIMITS.counter(registry, "send", "allowed");
  private final Counter deliveries = MessageMeter.DELIVERIES.counter(registry);
  private final Timer write = MessageMeter.WRITE.timer(registry);
  private final Timer propose = MessageMeter.PROPOSE.timer(registry);
  private final Timer log = MessageMeter.CASSANDRA.timer(registry, "log");
  private final Timer publish = MessageMeter.PUBLISH.timer(registry);

  private MeterCosts() {}

  public static void main(String[] args) throws InterruptedException {
    int messages = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    MeterCosts costs = new MeterCosts();
    for (int threads : new int[] {1, 2, 8}) {
      for (int round = 0; round < ROUNDS; round++) {
        costs.measure(threads, messages, round == ROUNDS - 1);
      }
    }
  }

  /** As the code does it: four clocks read twice, four timers, two counters. */
  private void message() {
    long began = System.nanoTime();
    limit.increment();
    timed(propose);
    timed(log);
    accepted.increment();
    write.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    timed(publish);
  }

  private static void timed(Timer timer) {
    long began = System.nanoTime();
    timer.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
  }

  private void measure(int threads, int messages, boolean print) throws InterruptedException {
    long[] nanos = new long[threads];
    long[] bytes = new long[threads];
    Thread[] all = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      int me = t;
      all[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                    long allocated = thread.getCurrentThreadAllocatedBytes();
                    long began = thread.getCurrentThreadCpuTime();
                    for (int i = 0; i < messages; i++) {
                      message();
                    }
                    nanos[me] = thread.getCurrentThreadCpuTime() - began;
                    bytes[me] = thread.getCurrentThreadAllocatedBytes() - allocated;
                  });
    }
    for (Thread thread : all) {
      thread.join();
    }
    // One addition for a turn of up to 256 pieces of work.
    long began = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      deliveries.increment(256);
    }
    long turn = System.nanoTime() - began;
    if (print) {
      System.out.printf(
          Locale.ROOT,
          "%d threads: %.0f ns of CPU and %.1f bytes a message; %.1f ns a turn of deliveries%n",
          threads,
          Arrays.stream(nanos).average().orElse(0) / messages,
          Arrays.stream(bytes).average().orElse(0) / messages,
          (double) turn / messages);
    }
  }
}
