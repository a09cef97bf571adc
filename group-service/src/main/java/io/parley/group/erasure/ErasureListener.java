package io.parley.group.erasure;

import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * Follows user-service's requests to erase accounts. One that fails is dropped: user-service asks
 * again each minute until it has the answer.
 */
@Component
class ErasureListener {

  static final String QUEUE = "parley.group-service.erasures";

  private static final Logger log = LoggerFactory.getLogger(ErasureListener.class);

  private final Erasures erasures;

  ErasureListener(Erasures erasures) {
    this.erasures = erasures;
  }

  @RabbitListener(queues = QUEUE)
  void requested(ErasureRequested request) {
    try {
      erasures.erase(request);
    } catch (RuntimeException e) {
      log.warn("erasure {} waits to be asked for again", request.erasureId(), e);
    }
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables erasureQueue() {
      TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
      Queue queue = QueueBuilder.durable(QUEUE).quorum().singleActiveConsumer().build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with(ErasureRequested.ROUTING_KEY);
      return new Declarables(exchange, queue, binding);
    }

    @Bean
    JacksonJsonMessageConverter amqpJson(JsonMapper json) {
      return new JacksonJsonMessageConverter(json);
    }
  }
}
