package io.parley.notification.decision;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.notification.queue.RetriedQueue;
import java.time.Duration;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queues of message-service's events, and those around them. */
@Configuration
class NotificationQueues {

  /** For what is under way when the process is told to stop. */
  private static final Duration SHUTDOWN = Duration.ofSeconds(15);

  @Bean
  Declarables storedTopology(NotificationProperties properties) {
    return topology(properties.stored(), MessagesStored.ROUTING_KEY);
  }

  @Bean
  Declarables changedTopology(NotificationProperties properties) {
    return topology(properties.changed(), MessagesChanged.ROUTING_KEY);
  }

  @Bean
  Declarables readTopology(NotificationProperties properties) {
    return topology(properties.read(), ConversationsRead.ROUTING_KEY);
  }

  private static Declarables topology(RetriedQueue queue, String routingKey) {
    return queue.declarables(new DirectExchange(MessagesStored.EXCHANGE, true, false), routingKey);
  }

  @Bean
  ContainerCustomizer<SimpleMessageListenerContainer> patientShutdown() {
    return container -> container.setShutdownTimeout(SHUTDOWN.toMillis());
  }
}
