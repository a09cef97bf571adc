package io.parley.group.audit;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import io.parley.common.logs.AuditLog;
import io.parley.common.logs.LogFields;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Tells user-service, which keeps the audit trail, what was done here. */
@Service
public class Audit {

  private final Outbox outbox;
  private final Clock clock;
  private final String service;

  Audit(Outbox outbox, Clock clock, @Value("${spring.application.name}") String service) {
    this.outbox = outbox;
    this.clock = clock;
    this.service = service;
  }

  /**
   * In the transaction of what was done: what is rolled back leaves no entry.
   *
   * @param action such as {@code group.member.banned}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(
      @Nullable UserId actor,
      String action,
      String targetType,
      Object targetId,
      Map<String, String> details) {
    Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    AuditRecorded entry =
        new AuditRecorded(
            UUID.randomUUID(),
            at,
            service,
            actor,
            action,
            targetType,
            targetId.toString(),
            address(),
            MDC.get(LogFields.REQUEST),
            details);
    outbox.append(
        new OutboxEvent(
            AuditRecorded.EXCHANGE, entry.routingKey(), entry.id().toString(), entry, at));
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            AuditLog.write(entry);
          }
        });
  }

  /** Of the client; the gateway says it. */
  private static @Nullable String address() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? request.getRequest().getRemoteAddr()
        : null;
  }
}
