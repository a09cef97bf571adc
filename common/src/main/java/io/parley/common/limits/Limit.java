package io.parley.common.limits;

import java.time.Duration;

/**
 * How often something may be done under one key: a bucket of {@code capacity} tokens that fills up
 * evenly. A burst may take the whole bucket at once; after that {@code capacity} per {@code refill}
 * are let through.
 *
 * @param name what a refused client is told, and the tag of the metrics
 * @param refill how long an empty bucket takes to be full again
 * @param failOpen what happens while Redis does not answer: true lets everything through, false
 *     refuses everything
 */
public record Limit(String name, long capacity, Duration refill, boolean failOpen) {

  public Limit {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,39}")) {
      throw new IllegalArgumentException("not the name of a limit: " + name);
    }
    if (capacity < 1 || refill.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("limit " + name + " lets nothing through");
    }
  }

  public static Limit failingOpen(String name, long capacity, Duration refill) {
    return new Limit(name, capacity, refill, true);
  }

  public static Limit failingClosed(String name, long capacity, Duration refill) {
    return new Limit(name, capacity, refill, false);
  }
}
