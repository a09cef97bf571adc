package io.parley.notification.missed;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/**
 * Gives messages back to RabbitMQ, for later or as dead letters. Invariant: when a method returns,
 * the broker has confirmed the copy, so the original may be acknowledged.
 */
@Component
class Redeliveries {

  /** How often the message has been tried; the application's own count. */
  static final String TRIES = "x-parley-tries";

  /** Why a message is a dead letter, for the operator. Never the text of the message. */
  static final String REASON = "x-parley-reason";

  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(10);

  private final RabbitTemplate rabbit;

  Redeliveries(RabbitTemplate rabbit) {
    this.rabbit = rabbit;
  }

  static int tries(Message message) {
    return message.getMessageProperties().getHeader(TRIES) instanceof Number tries
        ? tries.intValue()
        : 0;
  }

  /**
   * @param delay one of the retry delays
   */
  void later(Message message, int tries, Duration delay) {
    send(
        MissedQueues.retryQueue(delay),
        MessageBuilder.withBody(message.getBody())
            .setContentType(message.getMessageProperties().getContentType())
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .setHeader(TRIES, tries)
            .build());
  }

  void dead(Message message, int tries, String reason) {
    send(
        MissedQueues.DEAD,
        MessageBuilder.withBody(message.getBody())
            .setContentType(message.getMessageProperties().getContentType())
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .setHeader(TRIES, tries)
            .setHeader(REASON, reason)
            .build());
  }

  private void send(String queue, Message copy) {
    CorrelationData correlation = new CorrelationData(UUID.randomUUID().toString());
    rabbit.send("", queue, copy, correlation);
    try {
      CorrelationData.Confirm confirm =
          correlation.getFuture().get(CONFIRM_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (!confirm.ack() || correlation.getReturned() != null) {
        throw new AmqpException("RabbitMQ did not take a message for " + queue);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AmqpException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AmqpException("RabbitMQ did not confirm a message for " + queue, e);
    }
  }
}
