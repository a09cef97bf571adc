package io.parley.notification.push;

import io.parley.notification.device.Channel;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Says whether and where pushes go. Never DOWN: a service without push serves the rest. */
@Component("pushHealthIndicator")
class PushHealth implements HealthIndicator {

  private final ChannelSenders senders;

  PushHealth(ChannelSenders senders) {
    this.senders = senders;
  }

  @Override
  public Health health() {
    String destination = senders.destination(Channel.FCM);
    Health.Builder health =
        destination == null
            ? Health.up().withDetail("push", "off").withDetail("why", PushConfiguration.OFF)
            : Health.up().withDetail("push", "on").withDetail("to", destination);
    return health
        .withDetail("webPush", senders.destination(Channel.WEB_PUSH) == null ? "off" : "on")
        .build();
  }
}
