package io.parley.message.audit;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.support.converter.MessageConverter;
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
  private static final Logger audit = LoggerFactory.getLogger("audit");
  private static final int CONFIRM_MILLIS = 10_000;

  private final RabbitTemplate rabbit;
  private final Clock clock;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  AuditTrail(ConnectionFactory connections, MessageConverter converter, Clock clock) {
    // Not mandatory, unlike the shared one: where nobody keeps a trail there is nothing to repeat.
    this.rabbit = new RabbitTemplate(connections);
    rabbit.setMessageConverter(converter);
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
            MDC.get("requestId"),
            details);
    audit
        .atInfo()
        .addKeyValue("audit.id", id)
        .addKeyValue("audit.action", action)
        .addKeyValue("audit.actor", actor)
        .addKeyValue("audit.target", targetId)
        .addKeyValue("audit.details", details)
        .log("{} by {}: {} {}", action, actor, targetType, targetId);
    io.execute(() -> publish(recorded));
  }

  private void publish(AuditRecorded recorded) {
    try {
      rabbit.invoke(
          operations -> {
            operations.convertAndSend(AuditRecorded.EXCHANGE, recorded.routingKey(), recorded);
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
