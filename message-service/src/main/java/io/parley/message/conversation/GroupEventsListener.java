package io.parley.message.conversation;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.problems.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows group-service's changes. One queue for all nodes with a single active consumer: changes
 * of a group are applied in the order they were published. A change that can not be applied now (a
 * store is away) is requeued and tried again; order is kept, as nothing else is taken meanwhile.
 */
@Component
class GroupEventsListener {

  private static final Logger log = LoggerFactory.getLogger(GroupEventsListener.class);

  private static final int MAX_BUGS = 10;

  static final String QUEUE = "parley.message-service.groups";

  private final Conversations conversations;

  GroupEventsListener(Conversations conversations) {
    this.conversations = conversations;
  }

  @RabbitListener(queues = QUEUE)
  void changed(GroupMembersChanged change) {
    int bugs = 0;
    for (long pauseMillis = 100; ; pauseMillis = Math.min(5_000, 2 * pauseMillis)) {
      try {
        conversations.apply(change);
        return;
      } catch (ProblemException e) {
        log.warn("group {} waits: {}", change.groupId(), e.getMessage());
      } catch (RuntimeException e) {
        // Not a store that is away: one bad change must not hold up all other groups for ever.
        log.error("group {} at version {}", change.groupId(), change.version(), e);
        if (++bugs == MAX_BUGS) {
          throw new AmqpRejectAndDontRequeueException("given up", e);
        }
      }
      pause(pauseMillis);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopping; the broker keeps the change", e);
    }
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables groupEvents() {
      TopicExchange exchange = new TopicExchange(GroupMembersChanged.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(QUEUE)
              .quorum()
              .singleActiveConsumer()
              // No limit: by default RabbitMQ 4 drops a message whose consumer died 20 times.
              .withArgument("x-delivery-limit", -1)
              .build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with("group.*");
      return new Declarables(exchange, queue, binding);
    }

    @Bean
    JacksonJsonMessageConverter amqpJson(JsonMapper json) {
      return new JacksonJsonMessageConverter(json);
    }
  }
}
