package io.parley.message.receipts;

import io.parley.common.events.ReadReceiptsChanged;
import io.parley.common.events.UserEvents;
import io.parley.message.queue.UntilDone;
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
 * Hears that somebody has switched read receipts on or off, and has all nodes ask anew. One queue
 * for all of them.
 */
@Component
class ReceiptSwitchListener {

  private static final String QUEUE = "parley.message-service.read-receipts";

  private final ReceiptSwitches switches;

  ReceiptSwitchListener(ReceiptSwitches switches) {
    this.switches = switches;
  }

  @RabbitListener(queues = QUEUE)
  void changed(ReadReceiptsChanged change) {
    UntilDone.run(
        "the read receipts of " + change.userId(), () -> switches.changed(change.userId()));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables readReceiptEvents() {
      TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(QUEUE).quorum().withArgument("x-delivery-limit", -1).build();
      return new Declarables(
          exchange,
          queue,
          BindingBuilder.bind(queue).to(exchange).with(ReadReceiptsChanged.ROUTING_KEY));
    }
  }
}
