package io.parley.common.metrics;

/** Meters of what several services have in common. */
public enum CommonMeter implements Metered {
  LIMITS(
      MeterSpec.counter(
              "parley.limits",
              "Decisions of rate limits. `unavailable`: Redis did not answer within 200 ms, and the"
                  + " limit took its choice")
          .labelOf("limiter", "the limit's name, as in edge.md and architecture.md")
          .label("outcome", "allowed", "refused", "unavailable")),
  OUTBOX_PENDING(
      MeterSpec.gauge(
          "parley.outbox.pending", "Events in the outbox that RabbitMQ has not confirmed yet")),
  OUTBOX_OLDEST(
      MeterSpec.age(
          "parley.outbox.oldest.age", "How long the oldest of them has waited; 0 when none does")),
  OUTBOX_FAILING(
      MeterSpec.gauge(
          "parley.outbox.failing", "1 while the last attempt to relay the outbox has failed"));

  @SuppressWarnings("ImmutableEnumChecker") // A spec copies its lists.
  private final MeterSpec spec;

  CommonMeter(MeterSpec spec) {
    this.spec = spec;
  }

  @Override
  public MeterSpec spec() {
    return spec;
  }
}
