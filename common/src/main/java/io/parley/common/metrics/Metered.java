package io.parley.common.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/**
 * A meter that a service has; implemented by enums. What these methods give is to be kept: looking
 * it up costs more than counting.
 */
public interface Metered {

  MeterSpec spec();

  /**
   * @param values of the labels, in their order
   */
  default Counter counter(MeterRegistry registry, String... values) {
    MeterSpec spec = of(MeterSpec.Type.COUNTER);
    return Counter.builder(spec.name())
        .description(spec.help())
        .tags(spec.tags(values))
        .register(registry);
  }

  /** A counter that something else counts. */
  default <T> void counter(
      MeterRegistry registry, T source, ToDoubleFunction<T> count, String... values) {
    MeterSpec spec = of(MeterSpec.Type.COUNTER);
    FunctionCounter.builder(spec.name(), source, count)
        .description(spec.help())
        .tags(spec.tags(values))
        .register(registry);
  }

  /**
   * @param source must be kept by somebody else, or the gauge ends
   */
  default <T> void gauge(
      MeterRegistry registry, T source, ToDoubleFunction<T> value, String... values) {
    MeterSpec spec = of(MeterSpec.Type.GAUGE);
    Gauge.builder(spec.name(), source, value)
        .description(spec.help())
        .baseUnit(spec.seconds() ? "seconds" : null)
        .tags(spec.tags(values))
        .register(registry);
  }

  default Timer timer(MeterRegistry registry, String... values) {
    MeterSpec spec = of(MeterSpec.Type.TIMER);
    return Timer.builder(spec.name())
        .description(spec.help())
        .serviceLevelObjectives(spec.buckets().toArray(Duration[]::new))
        .tags(spec.tags(values))
        .register(registry);
  }

  /** Counters that differ in one label, which has few values that are not known before. */
  default LabelledCounters counters(MeterRegistry registry) {
    return new LabelledCounters(value -> counter(registry, value));
  }

  private MeterSpec of(MeterSpec.Type type) {
    MeterSpec spec = spec();
    if (spec.type() != type) {
      throw new IllegalStateException(spec.name() + " is a " + spec.type());
    }
    return spec;
  }
}
