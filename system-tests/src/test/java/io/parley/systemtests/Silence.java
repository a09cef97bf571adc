package io.parley.systemtests;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How long a sender waited for the answer to anything it sent. */
final class Silence {

  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong longestNanos = new AtomicLong();

  void end() {
    long now = System.nanoTime();
    longestNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
  }

  /** The longest since this was asked last, the present one included. */
  Duration takeLongest() {
    long present = System.nanoTime() - lastNanos.get();
    return Duration.ofNanos(Math.max(longestNanos.getAndSet(0), present));
  }
}
