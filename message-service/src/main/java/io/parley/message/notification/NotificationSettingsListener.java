package io.parley.message.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.events.NotificationSettingsChanged;
import io.parley.common.ids.ConversationId;
import io.parley.message.bus.OwnDevices;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Hears from notification-service that a user has changed how to be notified, and tells the user's
 * devices. One queue for all nodes.
 */
@Component
class NotificationSettingsListener {

  @JsonPropertyOrder({"type", "scope", "conversationId", "threadRoot"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Told(
      String type,
      String scope,
      @Nullable ConversationId conversationId,
      @Nullable Long threadRoot) {}

  private static final Logger log = LoggerFactory.getLogger(NotificationSettingsListener.class);

  private final OwnDevices devices;

  NotificationSettingsListener(OwnDevices devices) {
    this.devices = devices;
  }

  @RabbitListener(queues = NotificationSettingsChanged.QUEUE)
  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  void changed(NotificationSettingsChanged change) {
    if (change.userId() == null || change.scope() == null) {
      log.error("a change of notification settings names nobody or nothing");
      return;
    }
    devices.tell(
        change.userId(),
        new Told(
            "NOTIFICATION_SETTINGS", change.scope(), change.conversationId(), change.threadSeq()));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables notificationSettingsEvents() {
      DirectExchange exchange =
          new DirectExchange(NotificationSettingsChanged.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(NotificationSettingsChanged.QUEUE)
              .quorum()
              .withArgument("x-delivery-limit", -1)
              .build();
      return new Declarables(
          exchange,
          queue,
          BindingBuilder.bind(queue).to(exchange).with(NotificationSettingsChanged.ROUTING_KEY));
    }
  }
}
