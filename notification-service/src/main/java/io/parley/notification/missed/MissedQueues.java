package io.parley.notification.missed;

import io.parley.common.events.MessagesMissed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What this service declares on RabbitMQ, all durable quorum queues:
 *
 * <pre>
 * parley.notifications --messages--&gt; parley.notifications.messages --&gt; consumers
 *                                       ^                              |   |
 *                                       | after its delay              v   v
 *                                       +--- ...messages.retry.(ms)ms -+  ...messages.dead
 * </pre>
 *
 * Consumers publish to the retry and dead letter queues themselves, with the number of tries in a
 * header, before they acknowledge. The broker's own dead lettering with a delivery limit is only
 * for a message that kills each process which takes it; brokers count that differently.
 */
@Configuration
class MissedQueues {

  static final String DEAD = MessagesMissed.QUEUE + ".dead";

  /** Deliveries that ended with the consumer's death or shutdown. */
  private static final int DELIVERY_LIMIT = 20;

  /** The texts of messages should not lie about for ever. */
  private static final Duration DEAD_LETTER_LIFE = Duration.ofDays(14);

  /** For the pushes in flight when the process is told to stop. */
  private static final Duration SHUTDOWN = Duration.ofSeconds(15);

  static String retryQueue(Duration delay) {
    return MessagesMissed.QUEUE + ".retry." + delay.toMillis() + "ms";
  }

  @Bean
  Declarables missedMessagesTopology(MissedProperties properties) {
    DirectExchange exchange = new DirectExchange(MessagesMissed.EXCHANGE, true, false);
    Queue messages =
        deadLettering(QueueBuilder.durable(MessagesMissed.QUEUE), DEAD)
            .deliveryLimit(DELIVERY_LIMIT)
            .build();
    List<Declarable> all = new ArrayList<>();
    all.add(exchange);
    all.add(messages);
    all.add(BindingBuilder.bind(messages).to(exchange).with(MessagesMissed.ROUTING_KEY));
    all.add(QueueBuilder.durable(DEAD).quorum().ttl((int) DEAD_LETTER_LIFE.toMillis()).build());
    for (Duration delay : properties.retryDelays()) {
      all.add(
          deadLettering(QueueBuilder.durable(retryQueue(delay)), MessagesMissed.QUEUE)
              .ttl((int) delay.toMillis())
              .build());
    }
    return new Declarables(all);
  }

  @Bean
  ContainerCustomizer<SimpleMessageListenerContainer> patientShutdown() {
    return container -> container.setShutdownTimeout(SHUTDOWN.toMillis());
  }

  /**
   * At-least-once: the broker keeps its copy until the target has confirmed. That needs the
   * overflow behaviour, though the queue has no length limit.
   */
  private static QueueBuilder deadLettering(QueueBuilder queue, String target) {
    return queue
        .quorum()
        .deadLetterExchange("")
        .deadLetterRoutingKey(target)
        .overflow(QueueBuilder.Overflow.rejectPublish)
        .withArgument("x-dead-letter-strategy", "at-least-once");
  }
}
