package io.parley.notification;

import io.parley.common.events.NotificationSettingsChanged;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.QueueBuilder;

/** Message-service's queue of changed settings: without it the outbox keeps what is for it. */
public final class SettingsQueue {

  private SettingsQueue() {}

  /** As message-service does it. */
  public static void declare(AmqpAdmin broker) {
    broker.declareQueue(QueueBuilder.durable(NotificationSettingsChanged.QUEUE).quorum().build());
    broker.declareBinding(
        new Binding(
            NotificationSettingsChanged.QUEUE,
            Binding.DestinationType.QUEUE,
            NotificationSettingsChanged.EXCHANGE,
            NotificationSettingsChanged.ROUTING_KEY,
            null));
  }
}
