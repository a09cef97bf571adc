package io.parley.user.broker;

import io.parley.common.deadletters.DeadLetters;
import io.parley.common.events.AuditRecorded;
import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.UserEvents;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Declared anew on each connection: a broker that lost it gets it back. All durable; the queues are
 * quorum queues, each with a dead one for what can not be taken:
 *
 * <pre>
 * parley.audit --audit.#----------&gt; parley.user-service.audit           (.dead)
 * parley.users --erasure.answered-&gt; parley.user-service.erasure-answers (.dead)
 * </pre>
 */
@Configuration(proxyBeanMethods = false)
public class UserTopology {

  public static final String ERASURE_ANSWERS = "parley.user-service.erasure-answers";

  /** Deliveries that ended with the consumer's death, its shutdown, or after its patience. */
  private static final int DELIVERY_LIMIT = 100;

  /** What is dead names people; long enough for somebody to look at it. */
  private static final Duration DEAD_LETTER_LIFE = Duration.ofDays(14);

  @Bean
  Declarables exchangesAndQueues() {
    TopicExchange users = new TopicExchange(UserEvents.EXCHANGE, true, false);
    TopicExchange audit = new TopicExchange(AuditRecorded.EXCHANGE, true, false);
    Queue events = queue(AuditRecorded.QUEUE);
    Queue answers = queue(ERASURE_ANSWERS);
    List<Declarable> all =
        List.of(
            users,
            audit,
            events,
            dead(AuditRecorded.QUEUE),
            BindingBuilder.bind(events).to(audit).with("audit.#"),
            answers,
            dead(ERASURE_ANSWERS),
            BindingBuilder.bind(answers).to(users).with(ErasureAnswered.ROUTING_KEY));
    return new Declarables(all);
  }

  /**
   * Dead letters at least once: the broker keeps its copy until the other queue has confirmed. That
   * needs the overflow behaviour, though the queue has no length limit.
   */
  private static Queue queue(String name) {
    return QueueBuilder.durable(name)
        .quorum()
        .deliveryLimit(DELIVERY_LIMIT)
        .deadLetterExchange("")
        .deadLetterRoutingKey(deadName(name))
        .overflow(QueueBuilder.Overflow.rejectPublish)
        .withArgument("x-dead-letter-strategy", "at-least-once")
        .build();
  }

  private static Queue dead(String name) {
    return QueueBuilder.durable(deadName(name))
        .quorum()
        .ttl((int) DEAD_LETTER_LIFE.toMillis())
        .build();
  }

  public static String deadName(String queue) {
    return queue + DeadLetters.SUFFIX;
  }
}
