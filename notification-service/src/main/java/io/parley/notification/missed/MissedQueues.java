package io.parley.notification.missed;

import io.parley.common.events.MessagesMissed;
import java.time.Duration;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue {@code parley.notifications.messages} and those around it. */
@Configuration
class MissedQueues {

  /** For the pushes in flight when the process is told to stop. */
  private static final Duration SHUTDOWN = Duration.ofSeconds(15);

  @Bean
  Declarables missedMessagesTopology(MissedProperties properties) {
    return properties
        .queue()
        .declarables(
            new DirectExchange(MessagesMissed.EXCHANGE, true, false), MessagesMissed.ROUTING_KEY);
  }

  @Bean
  ContainerCustomizer<SimpleMessageListenerContainer> patientShutdown() {
    return container -> container.setShutdownTimeout(SHUTDOWN.toMillis());
  }
}
