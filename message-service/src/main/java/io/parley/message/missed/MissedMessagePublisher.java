package io.parley.message.missed;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.access.AccessProperties;
import io.parley.common.events.MessagesMissed;
import io.parley.common.events.MessagesMissed.Content;
import io.parley.common.ids.UserId;
import io.parley.common.secrets.Seal;
import io.parley.common.traces.RabbitSpans;
import io.parley.message.conversation.Conversation;
import io.parley.message.log.LogEvent;
import io.parley.message.metrics.MessageMeter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Hands missed messages to notification-service, over RabbitMQ. What people wrote is sealed. */
@Component
class MissedMessagePublisher {

  /**
   * A message and whom it is to be told to.
   *
   * @param text all of it
   * @param traceparent of its send; null when that is not traced, or not known any more
   */
  record Missed(
      LogEvent event,
      Conversation conversation,
      String senderName,
      String text,
      List<UserId> recipients,
      @Nullable String traceparent) {}

  private record Told(MessagesMissed event, @Nullable String traceparent) {}

  private static final int PREVIEW_CHARS = 200;
  private static final long CONFIRM_MILLIS = 5_000;

  private final RabbitTemplate rabbit;
  private final JsonMapper json;
  private final Seal seal;
  private final Counter published;
  private final AtomicLong unroutable = new AtomicLong();

  MissedMessagePublisher(
      RabbitTemplate rabbit, JsonMapper json, AccessProperties access, MeterRegistry metrics) {
    this.rabbit = rabbit;
    this.json = json;
    this.published = MessageMeter.MISSED.counter(metrics);
    this.seal = new Seal(access.secret(), MessagesMissed.PURPOSE);
    rabbit.setReturnsCallback(returned -> unroutable.incrementAndGet());
  }

  /**
   * Returns when RabbitMQ has all of them on disk.
   *
   * @throws RuntimeException when it does not say so: some of them may be there, and publishing all
   *     once more does no harm
   */
  void publish(Collection<Missed> messages) {
    List<Told> events = new ArrayList<>();
    for (Missed message : messages) {
      events(message).forEach(event -> events.add(new Told(event, message.traceparent())));
    }
    if (events.isEmpty()) {
      return;
    }
    long before = unroutable.get();
    rabbit.invoke(
        channel -> {
          for (Told told : events) {
            channel.convertAndSend(
                MessagesMissed.EXCHANGE,
                MessagesMissed.ROUTING_KEY,
                told.event(),
                RabbitSpans.causedBy(told.traceparent()));
          }
          channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
          return true;
        });
    // A confirm only says that the broker has it; without notification-service's queue it is gone.
    if (unroutable.get() != before) {
      throw new IllegalStateException("notification-service has not declared its queue yet");
    }
    published.increment(events.size());
  }

  private List<MessagesMissed> events(Missed message) {
    LogEvent event = message.event();
    UserId author = event.author();
    List<UserId> recipients = message.recipients();
    if (author == null || recipients.isEmpty()) {
      return List.of();
    }
    String id = event.id().toString();
    Content content =
        new Content(message.conversation().name(), message.senderName(), preview(message.text()));
    String sealed = seal.sealText(json.writeValueAsString(content), id);
    List<MessagesMissed> events = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i += MessagesMissed.MAX_RECIPIENTS) {
      events.add(
          new MessagesMissed(
              event.conversation(),
              message.conversation().kind().name(),
              event.seq(),
              id,
              author,
              event.at(),
              sealed,
              recipients.subList(i, Math.min(recipients.size(), i + MessagesMissed.MAX_RECIPIENTS)),
              event.expiresAt()));
    }
    return events;
  }

  /** Never cuts a surrogate pair in two. */
  static String preview(String text) {
    if (text.length() <= PREVIEW_CHARS) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(PREVIEW_CHARS - 1));
    return text.substring(0, pair ? PREVIEW_CHARS - 1 : PREVIEW_CHARS);
  }

  /** The exchange; the queue behind it is notification-service's. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    DirectExchange missedExchange() {
      return new DirectExchange(MessagesMissed.EXCHANGE, true, false);
    }
  }
}
