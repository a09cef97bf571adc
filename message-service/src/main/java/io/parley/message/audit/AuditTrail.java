package io.parley.message.audit;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import io.parley.common.logs.AuditLog;
import io.parley.common.logs.LogFields;
import io.parley.common.traces.RabbitSpans;
import io.parley.common.traces.Traces;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Tells the audit trail, off the path of whoever is waiting. Each record is a line of the logger
 * {@code audit} too, so one that RabbitMQ did not take is not lost altogether.
 */
@Component
public class AuditTrail {

  private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);
  private static final int CONFIRM_MILLIS = 10_000;

  private final RabbitTemplate rabbit;
  private final Traces traces;
  private final Clock clock;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  AuditTrail(
      ConnectionFactory connections,
      MessageConverter converter,
      ObjectProvider<RabbitTemplateCustomizer> customizers,
      Traces traces,
      Clock clock) {
    // Not mandatory, unlike the shared one: where nobody keeps a trail there is nothing to repeat.
    this.rabbit = new RabbitTemplate(connections);
    rabbit.setMessageConverter(converter);
    customizers.orderedStream().forEach(customizer -> customizer.customize(rabbit));
    this.traces = traces;
    this.clock = clock;
  }

  /**
   * @param id the same for the same deed
   * @param action such as {@code message.deleted}
   */
  public void record(
      UUID id,
      UserId actor,
      String action,
      String targetType,
      String targetId,
      Map<String, String> details) {
    AuditRecorded recorded =
        new AuditRecorded(
            id,
            clock.instant(),
            "message-service",
            actor,
            action,
            targetType,
            targetId,
            null,
            MDC.get(LogFields.REQUEST),
            details);
    AuditLog.write(recorded);
    MessagePostProcessor causedBy = RabbitSpans.causedBy(traces.current());
    io.execute(() -> publish(recorded, causedBy));
  }

  private void publish(AuditRecorded recorded, MessagePostProcessor causedBy) {
    try {
      rabbit.invoke(
          operations -> {
            operations.convertAndSend(
                AuditRecorded.EXCHANGE, recorded.routingKey(), recorded, causedBy);
            operations.waitForConfirmsOrDie(CONFIRM_MILLIS);
            return true;
          });
    } catch (RuntimeException e) {
      log.error("the audit trail did not get {} {}", recorded.action(), recorded.id(), e);
    }
  }

  /** The exchange; the queue behind it is user-service's. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    TopicExchange auditExchange() {
      return new TopicExchange(AuditRecorded.EXCHANGE, true, false);
    }
  }
}
