package io.parley.message.availability;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.PresenceAudienceChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
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
 * Hears that somebody may be seen by others than before, and has the nodes ask on which that
 * somebody is watched. One queue for all nodes of each kind of event.
 */
@Component
class PresenceAudienceListener {

  private static final String AUDIENCES = "parley.message-service.presence-audiences";
  private static final String BLOCKS = "parley.message-service.presence-blocks";

  private final RedisBus bus;

  PresenceAudienceListener(RedisBus bus) {
    this.bus = bus;
  }

  @RabbitListener(queues = AUDIENCES)
  void changed(PresenceAudienceChanged change) {
    tell(change.userId());
  }

  /** A block hides each from the other. */
  @RabbitListener(queues = BLOCKS)
  void changed(BlockChanged change) {
    tell(change.blocker());
    tell(change.blocked());
  }

  private void tell(UserId user) {
    UntilDone.run(
        "the audience of " + user,
        () -> bus.publishSurely(Topic.presenceOf(user), BusEvent.passing(PresenceNews.AUDIENCE)));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables presenceAudienceEvents() {
      TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
      Queue audiences = queue(AUDIENCES);
      Queue blocks = queue(BLOCKS);
      return new Declarables(
          exchange,
          audiences,
          BindingBuilder.bind(audiences).to(exchange).with(PresenceAudienceChanged.ROUTING_KEY),
          blocks,
          BindingBuilder.bind(blocks).to(exchange).with(BlockChanged.ROUTING_KEY));
    }

    private static Queue queue(String name) {
      return QueueBuilder.durable(name).quorum().withArgument("x-delivery-limit", -1).build();
    }
  }
}
