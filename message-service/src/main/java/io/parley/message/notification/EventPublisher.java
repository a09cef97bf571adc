package io.parley.message.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.common.traces.RabbitSpans;
import io.parley.message.metrics.MessageMeter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.rabbit.core.RabbitOperations;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/** Hands news to notification-service, over RabbitMQ. */
@Component
class EventPublisher {

  private static final long CONFIRM_MILLIS = 5_000;

  /** So that what RabbitMQ has not confirmed yet stays small, whatever the size of the groups. */
  private static final int UNCONFIRMED = 20;

  private final RabbitTemplate rabbit;

  /** By routing key. */
  private final Map<String, Counter> published;

  private final AtomicLong unroutable = new AtomicLong();

  EventPublisher(RabbitTemplate rabbit, MeterRegistry metrics) {
    this.rabbit = rabbit;
    this.published =
        Map.of(
            MessagesStored.ROUTING_KEY, MessageMeter.NOTIFIED.counter(metrics, "stored"),
            MessagesChanged.ROUTING_KEY, MessageMeter.NOTIFIED.counter(metrics, "changed"),
            ConversationsRead.ROUTING_KEY, MessageMeter.NOTIFIED.counter(metrics, "read"));
    rabbit.setReturnsCallback(
        returned -> {
          if (returned.getExchange().equals(MessagesStored.EXCHANGE)) {
            unroutable.incrementAndGet();
          }
        });
  }

  /**
   * Returns when RabbitMQ has all of it on disk.
   *
   * @throws RuntimeException when it does not say so: some of it may be there, and publishing all
   *     once more does no harm
   */
  void publish(Collection<? extends News> news) {
    if (news.isEmpty()) {
      return;
    }
    long before = unroutable.get();
    List<String> routingKeys = new ArrayList<>();
    rabbit.invoke(
        channel -> {
          Packing packing =
              new Packing(
                  (routingKey, event, traceparent) -> {
                    publish(channel, routingKey, event, traceparent);
                    routingKeys.add(routingKey);
                    if (routingKeys.size() % UNCONFIRMED == 0) {
                      channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
                    }
                  });
          news.forEach(packing::add);
          packing.end();
          channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
          return true;
        });
    // A confirm only says that the broker has it; without notification-service's queue it is gone.
    if (unroutable.get() != before) {
      throw new IllegalStateException("notification-service has not declared its queues yet");
    }
    routingKeys.forEach(key -> Objects.requireNonNull(published.get(key)).increment());
  }

  private static void publish(
      RabbitOperations channel, String routingKey, Object event, @Nullable String traceparent) {
    channel.convertAndSend(
        MessagesStored.EXCHANGE, routingKey, event, RabbitSpans.causedBy(traceparent));
  }

  /** The exchange; the queues behind it are notification-service's. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    DirectExchange notificationsExchange() {
      return new DirectExchange(MessagesStored.EXCHANGE, true, false);
    }
  }
}
