package io.parley.common.limits;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.redis.RedisConnector;
import io.parley.common.redis.TestRedis;
import io.parley.localstack.Stores;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;

/** What a decision costs, for ADR 0013: run by hand. Not a test. */
final class LimitCosts {

  private static final Limit LIMIT =
      Limit.failingOpen("costs", 1_000_000_000, Duration.ofMinutes(1));
  private static final int IN_FLIGHT = 64;

  private LimitCosts() {}

  public static void main(String[] args) throws Exception {
    int decisions = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    try (RedisConnector connector = TestRedis.connector(Stores.shared().addresses().redisUrl());
        RateLimits limits = new RateLimits(connector, new SimpleMeterRegistry())) {
      HotLimit hot = limits.hot(LIMIT, 10_000);
      for (int round = 0; round < 3; round++) {
        alone("one after the other, 1,000 keys", decisions, i -> limits.consume(LIMIT, key(i)));
        together(limits, "64 at a time, 1,000 keys", decisions, 1_000);
        together(limits, "64 at a time, one key", decisions, 1);
        alone("hot, 1,000 keys", decisions, i -> hot.consume(key(i)));
      }
    }
    System.exit(0);
  }

  private static String key(int i) {
    return "key-" + i % 1_000;
  }

  private static void alone(String what, int decisions, IntConsumer decide) {
    long[] nanos = new long[decisions];
    long start = System.nanoTime();
    for (int i = 0; i < decisions; i++) {
      long began = System.nanoTime();
      decide.accept(i);
      nanos[i] = System.nanoTime() - began;
    }
    long all = System.nanoTime() - start;
    Arrays.sort(nanos);
    print(what, decisions, all, nanos[decisions / 2], nanos[(int) (decisions * 0.99)]);
  }

  private static void together(RateLimits limits, String what, int decisions, int keys)
      throws InterruptedException {
    long[] nanos = new long[decisions];
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    long start = System.nanoTime();
    for (int i = 0; i < decisions; i++) {
      inFlight.acquire();
      int number = i;
      long began = System.nanoTime();
      limits
          .consumeAsync(LIMIT, "key-" + i % keys)
          .whenComplete(
              (decision, error) -> {
                nanos[number] = System.nanoTime() - began;
                inFlight.release();
              });
    }
    inFlight.acquire(IN_FLIGHT);
    long all = System.nanoTime() - start;
    Arrays.sort(nanos);
    print(what, decisions, all, nanos[decisions / 2], nanos[(int) (decisions * 0.99)]);
  }

  private static void print(String what, int decisions, long all, long median, long slow) {
    System.out.printf(
        Locale.ROOT,
        "%-34s %8.0f a second, median %7.1f us, 99%% %7.1f us%n",
        what,
        decisions * 1e9 / all,
        median / 1e3,
        slow / 1e3);
  }
}
