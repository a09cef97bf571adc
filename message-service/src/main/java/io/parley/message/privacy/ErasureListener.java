package io.parley.message.privacy;

import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.message.queue.UntilDone;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Takes erasures from user-service, one at a time in the whole fleet, and answers when each is
 * done. A request is taken off the queue only then: if this process dies, the next node gets it and
 * goes on. An answer that is lost is given again, as user-service repeats the request until it has
 * one.
 */
@Component
class ErasureListener {

  /** By default RabbitMQ takes a message back after half an hour; that long one may take. */
  private static final long MAX_MILLIS = Duration.ofHours(24).toMillis();

  static final String QUEUE = "parley.message-service.erasures";

  private final Erasures erasures;
  private final RabbitTemplate answers;
  private final String service;
  private final Clock clock;

  ErasureListener(
      Erasures erasures,
      ConnectionFactory connections,
      JacksonJsonMessageConverter amqpJson,
      ObjectProvider<RabbitTemplateCustomizer> customizers,
      @Value("${spring.application.name}") String service,
      Clock clock) {
    this.erasures = erasures;
    this.answers = new RabbitTemplate(connections);
    this.answers.setMessageConverter(amqpJson);
    customizers.orderedStream().forEach(customizer -> customizer.customize(answers));
    this.service = service;
    this.clock = clock;
  }

  @RabbitListener(queues = QUEUE)
  void requested(ErasureRequested request) {
    // One that is given up is asked for again; meanwhile others have their turn.
    UntilDone.run("erasure " + request.erasureId(), () -> answer(request, erasures.erase(request)));
  }

  private void answer(ErasureRequested request, Map<String, Long> counts) {
    answers.convertAndSend(
        UserEvents.EXCHANGE,
        ErasureAnswered.ROUTING_KEY,
        new ErasureAnswered(request.erasureId(), service, clock.instant(), counts));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables erasureRequests() {
      TopicExchange exchange = new TopicExchange(UserEvents.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(QUEUE)
              .quorum()
              .singleActiveConsumer()
              .withArgument("x-delivery-limit", -1)
              .withArgument("x-consumer-timeout", MAX_MILLIS)
              .build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with(ErasureRequested.ROUTING_KEY);
      return new Declarables(exchange, queue, binding);
    }
  }
}
