package io.parley.systemtests.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends at moments that were fixed beforehand, whatever the answers take. A server that stalls gets
 * no rest by it, and what had to wait counts as late: percentiles are free of coordinated omission.
 * Conversations take turns, and so do the members of each.
 */
final class OpenLoop implements Pace {

  private final double rate;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean running = true;

  /**
   * @param rate messages a second, over all conversations
   */
  OpenLoop(double rate) {
    this.rate = rate;
  }

  /**
   * When message {@code n}, from 0, is to be sent; computed from the start each time, so that
   * rounding and delays do not add up.
   *
   * @param start in ns
   */
  static long intended(long start, long n, double rate) {
    return start + Math.round(n * 1e9 / rate);
  }

  @Override
  public void start(Traffic traffic) {
    Thread.ofPlatform().daemon().name("open-loop").start(() -> run(traffic));
  }

  private void run(Traffic traffic) {
    long start = System.nanoTime();
    for (long n = 0; running; n++) {
      long intended = intended(start, n, rate);
      sleepUntil(intended);
      int conversations = traffic.conversations().size();
      int conversation = (int) (n % conversations);
      int client = traffic.conversations().get(conversation).client(n / conversations);
      traffic.send(conversation, client, intended);
    }
    stopped.countDown();
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void answered(Traffic traffic, int conversation, int client) {
    // The next message does not wait for this one.
  }

  @Override
  public void stop() throws InterruptedException {
    running = false;
    stopped.await();
  }
}
