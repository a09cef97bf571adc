package io.parley.user.audit;

import io.parley.common.events.AuditRecorded;
import io.parley.user.broker.Deliveries;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/**
 * RabbitMQ edge: what other services report. The same event is kept once, however often it comes.
 */
@Component
class AuditListener {

  private final Deliveries deliveries;
  private final Audit audit;

  AuditListener(Deliveries deliveries, Audit audit) {
    this.deliveries = deliveries;
    this.audit = audit;
  }

  @RabbitListener(id = "audit", queues = AuditRecorded.QUEUE)
  void on(Message message) {
    deliveries.take(
        message,
        AuditRecorded.class,
        event ->
            audit.record(
                new AuditEntry(
                    event.id(),
                    event.at(),
                    event.service(),
                    event.actor(),
                    event.action(),
                    event.targetType(),
                    event.targetId(),
                    event.address(),
                    event.requestId(),
                    event.details())));
  }
}
