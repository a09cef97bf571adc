package io.parley.message.blocks;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.UserEvents;
import io.parley.message.queue.UntilDone;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Follows user-service's blocks. One queue for all nodes; a change that can not be applied now (a
 * store is away) is tried again until it is, and nothing else is taken meanwhile.
 */
@Component
class BlockEventsListener {

  static final String QUEUE = "parley.message-service.blocks";

  private final Blocks blocks;

  BlockEventsListener(Blocks blocks) {
    this.blocks = blocks;
  }

  @RabbitListener(queues = QUEUE)
  void changed(BlockChanged change) {
    UntilDone.run("a block by " + change.blocker(), () -> blocks.apply(change));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables blockEvents() {
      TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(QUEUE)
              .quorum()
              .singleActiveConsumer()
              // No limit: by default RabbitMQ 4 drops a message whose consumer died 20 times.
              .withArgument("x-delivery-limit", -1)
              .build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with(BlockChanged.ROUTING_KEY);
      return new Declarables(exchange, queue, binding);
    }
  }
}
