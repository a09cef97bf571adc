package io.parley.common.traces;

import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ObjectUtils;

/** A span for what a listener does with a message, in the trace of what has published it. */
final class ConsumerSpans implements MethodInterceptor {

  private static final String PROCESS = "process";

  private final ObjectProvider<Traces> traces;

  private ConsumerSpans(ObjectProvider<Traces> traces) {
    this.traces = traces;
  }

  /** Outside of any other advice that the factory has. */
  static void around(
      AbstractRabbitListenerContainerFactory<?> factory, ObjectProvider<Traces> traces) {
    Advice[] others = factory.getAdviceChain();
    Advice[] all =
        ObjectUtils.addObjectToArray(
            others == null ? new Advice[0] : others, new ConsumerSpans(traces), 0);
    factory.setAdviceChain(all);
  }

  /** Around {@code invokeListener(Channel, Object)} of a container. */
  @Override
  public @Nullable Object invoke(MethodInvocation listener) throws Throwable {
    Object[] arguments = listener.getArguments();
    if (arguments.length != 2 || !(arguments[1] instanceof Message message)) {
      return listener.proceed();
    }
    Span span = begin(message);
    try (Span.Scope scope = span.enter()) {
      return listener.proceed();
    } catch (Throwable e) {
      Throwable cause = e.getCause();
      span.failed((cause == null ? e : cause).getClass().getName());
      throw e;
    } finally {
      span.end();
    }
  }

  private Span begin(Message message) {
    MessageProperties properties = message.getMessageProperties();
    String queue = String.valueOf(properties.getConsumerQueue());
    String exchange = properties.getReceivedExchange();
    Span span =
        traces
            .getObject()
            .begin(Span.Kind.CONSUMER, PROCESS + " " + queue, RabbitSpans.traceparent(message));
    RabbitSpans.describe(
        span,
        message,
        PROCESS,
        exchange == null || exchange.isEmpty() ? queue : exchange + ":" + queue,
        String.valueOf(properties.getReceivedRoutingKey()));
    return span;
  }
}
