package io.parley.common.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Counters of one meter by the value of its label; each is made when it is first wanted. */
public final class LabelledCounters {

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Function<String, Counter> make;

  LabelledCounters(Function<String, Counter> make) {
    this.make = make;
  }

  /**
   * Makes those of some values: a series that is not there before something is counted has no
   * increase that an alert could see.
   */
  public LabelledCounters beginning(String... values) {
    for (String value : values) {
      counters.computeIfAbsent(value, make);
    }
    return this;
  }

  public void increment(String value) {
    Counter counter = counters.get(value);
    if (counter == null) {
      counter = counters.computeIfAbsent(value, make);
    }
    counter.increment();
  }
}
