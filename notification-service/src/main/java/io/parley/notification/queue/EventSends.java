package io.parley.notification.queue;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Publishes events as JSON. Invariant: when it returns, a queue has the event. */
@Component
public class EventSends {

  private static final Logger log = LoggerFactory.getLogger(EventSends.class);

  private final ConfirmedSends sends;
  private final JsonMapper json;

  EventSends(ConfirmedSends sends, JsonMapper json) {
    this.sends = sends;
    this.json = json;
  }

  /**
   * @throws ProblemException 503 {@code store-unavailable} while RabbitMQ is away, or nobody has a
   *     queue for it
   */
  public void publish(String exchange, String routingKey, Object event) {
    try {
      sends.send(
          exchange,
          routingKey,
          MessageBuilder.withBody(json.writeValueAsBytes(event))
              .setContentType("application/json")
              .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
              .build());
    } catch (AmqpException e) {
      log.warn("an event {} is not published: {}", routingKey, e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}
