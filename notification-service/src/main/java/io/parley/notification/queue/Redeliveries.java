package io.parley.notification.queue;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.deadletters.DeadLetters;
import io.parley.notification.metrics.NotificationMeter;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageBuilderSupport;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.stereotype.Component;

/**
 * Gives messages back to RabbitMQ, for later or as dead letters. Invariant: when a method returns,
 * the broker has confirmed the copy, so the original may be acknowledged.
 */
@Component
public class Redeliveries {

  private final ConfirmedSends sends;
  private final MeterRegistry meters;

  Redeliveries(ConfirmedSends sends, MeterRegistry meters) {
    this.sends = sends;
    this.meters = meters;
  }

  /** What is counted of the queue begins at 0. */
  public void begin(RetriedQueue queue) {
    for (String outcome : List.of("done", "later", "dead")) {
      NotificationMeter.HANDLED.counter(meters, queue.name(), outcome);
    }
  }

  /** A delivery that needs nothing more. */
  public void done(RetriedQueue queue) {
    count(queue, "done");
  }

  private void count(RetriedQueue queue, String outcome) {
    NotificationMeter.HANDLED.counter(meters, queue.name(), outcome).increment();
  }

  public static int tries(Message message) {
    return message.getMessageProperties().getHeader(DeadLetters.TRIES) instanceof Number tries
        ? tries.intValue()
        : 0;
  }

  /** Whether an operator wants it tried again, though it may have been refused for good. */
  public static boolean isResent(Message message) {
    return Boolean.TRUE.equals(message.getMessageProperties().getHeader(DeadLetters.RESENT));
  }

  /**
   * @param delay one of the queue's retry delays
   */
  public void later(RetriedQueue queue, Message message, int tries, Duration delay) {
    sends.send("", queue.retry(delay), copy(message, tries).build());
    count(queue, "later");
  }

  public void dead(RetriedQueue queue, Message message, int tries, String reason) {
    sends.send(
        "", queue.dead(), copy(message, tries).setHeader(DeadLetters.REASON, reason).build());
    count(queue, "dead");
  }

  /**
   * What came from the queue and was acknowledged long ago.
   *
   * @param body JSON, which the queue could take again
   */
  public void bury(RetriedQueue queue, byte[] body, String reason) {
    sends.send(
        "",
        queue.dead(),
        MessageBuilder.withBody(body)
            .setContentType(MessageProperties.CONTENT_TYPE_JSON)
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .setHeader(DeadLetters.TRIES, 1)
            .setHeader(DeadLetters.REASON, reason)
            .build());
    count(queue, "dead");
  }

  private static MessageBuilderSupport<Message> copy(Message message, int tries) {
    return MessageBuilder.withBody(message.getBody())
        .setContentType(message.getMessageProperties().getContentType())
        .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
        .setHeader(DeadLetters.TRIES, tries);
  }
}
