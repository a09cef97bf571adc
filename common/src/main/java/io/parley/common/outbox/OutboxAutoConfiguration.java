package io.parley.common.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.traces.Traces;
import java.time.Clock;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * For services that have the table and say so: {@code parley.outbox.enabled}. They need {@code
 * spring.rabbitmq.publisher-confirm-type=correlated}, {@code publisher-returns} and {@code
 * template.mandatory}.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration"
    })
@ConditionalOnBooleanProperty("parley.outbox.enabled")
public class OutboxAutoConfiguration {

  @Bean
  OutboxStore outboxStore(JdbcClient jdbc) {
    return new OutboxStore(jdbc);
  }

  @Bean
  Outbox outbox(
      OutboxStore store, JsonMapper json, ApplicationEventPublisher events, Traces traces) {
    return new Outbox(store, json, events, traces);
  }

  @Bean
  OutboxBatches outboxBatches(OutboxStore store, RabbitTemplate rabbit) {
    return new OutboxBatches(store, rabbit);
  }

  @Bean
  OutboxRelay outboxRelay(OutboxBatches batches) {
    return new OutboxRelay(batches);
  }

  @Bean
  OutboxHealthIndicator outboxHealthIndicator(
      OutboxStore store, OutboxRelay relay, Clock clock, MeterRegistry meters) {
    return new OutboxHealthIndicator(store, relay, clock, meters);
  }
}
