package io.parley.notification.queue;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/** Publishes. Invariant: when it returns, a queue has the message, safe from any one crash. */
@Component
public class ConfirmedSends {

  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(10);

  private final RabbitTemplate rabbit;

  ConfirmedSends(RabbitTemplate rabbit) {
    this.rabbit = rabbit;
  }

  /**
   * @param exchange empty for the default one, whose routing keys are queues' names
   * @throws AmqpException when the broker is away, or no queue takes the message
   */
  public void send(String exchange, String routingKey, Message message) {
    CorrelationData correlation = new CorrelationData(UUID.randomUUID().toString());
    rabbit.send(exchange, routingKey, message, correlation);
    try {
      CorrelationData.Confirm confirm =
          correlation.getFuture().get(CONFIRM_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (!confirm.ack() || correlation.getReturned() != null) {
        throw new AmqpException("RabbitMQ did not take a message for " + routingKey);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AmqpException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AmqpException("RabbitMQ did not confirm a message for " + routingKey, e);
    }
  }
}
