package io.parley.common.traces;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;

/** What spans on both sides of RabbitMQ have in common, by OpenTelemetry's conventions for it. */
public final class RabbitSpans {

  private RabbitSpans() {}

  /**
   * Names what a message is published for, when that is not what the publishing thread works for.
   *
   * @param traceparent null: of nothing that is traced
   */
  public static MessagePostProcessor causedBy(@Nullable String traceparent) {
    return message -> {
      if (traceparent != null) {
        message.getMessageProperties().setHeader(Traces.HEADER, traceparent);
      }
      return message;
    };
  }

  static @Nullable String traceparent(Message message) {
    return message.getMessageProperties().getHeader(Traces.HEADER) instanceof String text
        ? text
        : null;
  }

  /**
   * @param operation {@code create} or {@code process}
   * @param destination an exchange, a queue, or both with a colon
   */
  static void describe(
      Span span, Message message, String operation, String destination, String routingKey) {
    span.set("messaging.system", "rabbitmq")
        .set("messaging.operation.type", operation)
        .set("messaging.operation.name", operation)
        .set("messaging.destination.name", destination)
        .set("messaging.rabbitmq.destination.routing_key", routingKey)
        .set("messaging.message.id", message.getMessageProperties().getMessageId())
        .set("messaging.message.body.size", message.getBody().length);
  }
}
