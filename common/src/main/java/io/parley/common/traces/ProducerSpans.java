package io.parley.common.traces;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Correlation;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;

/**
 * A span for the making of each message that is published for something traced: what the thread
 * works for, or else what {@link RabbitSpans#causedBy} says. Its consumer goes on from there.
 */
final class ProducerSpans implements MessagePostProcessor {

  private static final String CREATE = "create";

  private final Traces traces;

  ProducerSpans(Traces traces) {
    this.traces = traces;
  }

  @Override
  public Message postProcessMessage(Message message) {
    return message;
  }

  @Override
  public Message postProcessMessage(
      Message message, @Nullable Correlation correlation, String exchange, String routingKey) {
    String parent = traces.current();
    if (parent == null) {
      parent = RabbitSpans.traceparent(message);
    }
    if (parent != null) {
      // Of the default exchange a routing key is a queue's name; of others it may have ids.
      String destination = exchange.isEmpty() ? routingKey : exchange;
      Span span = traces.begin(Span.Kind.PRODUCER, CREATE + " " + destination, parent);
      RabbitSpans.describe(span, message, CREATE, destination, routingKey);
      span.end();
      return RabbitSpans.causedBy(span.traceparent()).postProcessMessage(message);
    }
    return message;
  }
}
