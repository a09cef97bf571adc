package io.parley.notification.queue;

import java.time.Duration;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageBuilderSupport;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.stereotype.Component;

/**
 * Gives messages back to RabbitMQ, for later or as dead letters. Invariant: when a method returns,
 * the broker has confirmed the copy, so the original may be acknowledged.
 */
@Component
public class Redeliveries {

  /** How often the message has been tried; the application's own count. */
  public static final String TRIES = "x-parley-tries";

  /** Why a message is a dead letter, for the operator. Never the text of the message. */
  public static final String REASON = "x-parley-reason";

  private final ConfirmedSends sends;

  Redeliveries(ConfirmedSends sends) {
    this.sends = sends;
  }

  public static int tries(Message message) {
    return message.getMessageProperties().getHeader(TRIES) instanceof Number tries
        ? tries.intValue()
        : 0;
  }

  /**
   * @param delay one of the queue's retry delays
   */
  public void later(RetriedQueue queue, Message message, int tries, Duration delay) {
    sends.send("", queue.retry(delay), copy(message, tries).build());
  }

  public void dead(RetriedQueue queue, Message message, int tries, String reason) {
    sends.send("", queue.dead(), copy(message, tries).setHeader(REASON, reason).build());
  }

  private static MessageBuilderSupport<Message> copy(Message message, int tries) {
    return MessageBuilder.withBody(message.getBody())
        .setContentType(message.getMessageProperties().getContentType())
        .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
        .setHeader(TRIES, tries);
  }
}
