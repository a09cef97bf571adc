package io.parley.message.conversation;

import io.parley.common.events.GroupMembersChanged;
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

  static final String QUEUE = "parley.message-service.groups";

  private final Conversations conversations;

  GroupEventsListener(Conversations conversations) {
    this.conversations = conversations;
  }

  @RabbitListener(queues = QUEUE)
  void changed(GroupMembersChanged change) {
    conversations.apply(change);
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables groupEvents() {
      TopicExchange exchange = new TopicExchange(GroupMembersChanged.EXCHANGE, true, false);
      Queue queue = QueueBuilder.durable(QUEUE).quorum().singleActiveConsumer().build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with("group.*");
      return new Declarables(exchange, queue, binding);
    }

    @Bean
    JacksonJsonMessageConverter amqpJson(JsonMapper json) {
      return new JacksonJsonMessageConverter(json);
    }
  }
}
