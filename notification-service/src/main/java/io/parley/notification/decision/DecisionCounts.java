package io.parley.notification.decision;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.notification.metrics.NotificationMeter;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Counts decisions by their reasons. */
@Component
class DecisionCounts {

  private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);

  DecisionCounts(MeterRegistry meters) {
    for (Reason reason : Reason.values()) {
      if (reason != Reason.HOLD) {
        counters.put(
            reason,
            NotificationMeter.DECISIONS.counter(meters, reason.verdict().slug(), reason.slug()));
      }
    }
  }

  void count(Reason reason) {
    count(reason, 1);
  }

  void count(Reason reason, int times) {
    Counter counter = counters.get(reason);
    if (counter != null) {
      counter.increment(times);
    }
  }
}
