package io.parley.notification.privacy;

import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The queue of erasures. It needs no retries of its own: user-service asks again until answered.
 */
@Configuration
class ErasureQueues {

  static final String QUEUE = "parley.notification-service.erasures";

  @Bean
  Declarables erasuresTopology() {
    TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
    Queue queue = QueueBuilder.durable(QUEUE).quorum().build();
    return new Declarables(
        exchange,
        queue,
        BindingBuilder.bind(queue).to(exchange).with(ErasureRequested.ROUTING_KEY));
  }
}
