package io.parley.notification.push;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Says whether and where pushes go. Never DOWN: a service without push serves the rest. */
@Component("pushHealthIndicator")
class PushHealth implements HealthIndicator {

  private final PushSender sender;

  PushHealth(PushSender sender) {
    this.sender = sender;
  }

  @Override
  public Health health() {
    String destination = sender.destination();
    return destination == null
        ? Health.up().withDetail("push", "off").withDetail("why", PushConfiguration.OFF).build()
        : Health.up().withDetail("push", "on").withDetail("to", destination).build();
  }
}
