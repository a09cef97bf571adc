package io.parley.common.health;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Asks RabbitMQ something and waits for the answer. Spring Boot's own check looks at what the
 * connection was told when it was opened, which a frozen broker does not change.
 */
final class RabbitHealthIndicator extends AbstractHealthIndicator {

  /** Predefined in every virtual host. */
  private static final String EXCHANGE = "amq.direct";

  private final RabbitTemplate broker;

  RabbitHealthIndicator(RabbitTemplate broker) {
    this.broker = broker;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    broker.execute(channel -> channel.exchangeDeclarePassive(EXCHANGE));
    health.up();
  }
}
