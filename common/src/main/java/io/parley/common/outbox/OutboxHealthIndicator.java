package io.parley.common.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
    Gauge.builder("parley.outbox.pending", store, OutboxStore::count)
        .description("Events that RabbitMQ has not confirmed yet")
        .register(meters);
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
