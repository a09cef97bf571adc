package io.parley.common.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.metrics.CommonMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Shows events that wait. Not part of readiness: without RabbitMQ requests are served all the same,
 * and the events go out later.
 */
class OutboxHealthIndicator extends AbstractHealthIndicator {

  private final OutboxStore store;
  private final OutboxRelay relay;
  private final Clock clock;

  OutboxHealthIndicator(OutboxStore store, OutboxRelay relay, Clock clock, MeterRegistry meters) {
    this.store = store;
    this.relay = relay;
    this.clock = clock;
    CommonMeter.OUTBOX_PENDING.gauge(meters, store, OutboxStore::count);
    CommonMeter.OUTBOX_OLDEST.gauge(meters, this, OutboxHealthIndicator::oldestSeconds);
    CommonMeter.OUTBOX_FAILING.gauge(meters, relay, each -> each.failure() == null ? 0 : 1);
  }

  private double oldestSeconds() {
    return store
        .oldestTime()
        .map(time -> Duration.between(time, clock.instant()).toMillis() / 1e3)
        .map(seconds -> Math.max(0, seconds))
        .orElse(0.0);
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    Optional<Instant> oldest = store.oldestTime();
    health.withDetail("pending", store.count());
    oldest.ifPresent(
        time ->
            health.withDetail(
                "oldestSeconds", Duration.between(time, clock.instant()).toSeconds()));
    String failure = relay.failure();
    if (failure == null) {
      health.up();
    } else {
      health.down().withDetail("failure", failure);
    }
  }
}
