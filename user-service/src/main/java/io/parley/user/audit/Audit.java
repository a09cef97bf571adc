package io.parley.user.audit;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import io.parley.common.logs.AuditLog;
import io.parley.common.logs.LogFields;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.json.JsonMapper;

/**
 * The audit trail, {@code audit_events}: PostgreSQL itself refuses to change or drop what is in it.
 * Each is a line in the log of the service where it happened as well.
 */
@Service
public class Audit {

  private final JdbcClient database;
  private final JsonMapper json;
  private final Clock clock;
  private final String service;

  Audit(
      JdbcClient database,
      JsonMapper json,
      Clock clock,
      @Value("${spring.application.name}") String service) {
    this.database = database;
    this.json = json;
    this.clock = clock;
    this.service = service;
  }

  /**
   * Keeps what happened here just now, with the address and id of the request that is being
   * answered, if any.
   *
   * @see AuditEntry
   */
  @Transactional
  public void record(
      @Nullable UserId actor,
      String action,
      String targetType,
      @Nullable String targetId,
      Map<String, String> details) {
    record(
        new AuditEntry(
            UUID.randomUUID(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            service,
            actor,
            action,
            targetType,
            targetId,
            address(),
            MDC.get(LogFields.REQUEST),
            details));
  }

  /**
   * Joins the caller's transaction: what is rolled back was not done, and leaves no entry. An entry
   * that is there already stays as it is.
   */
  @Transactional
  public void record(AuditEntry entry) {
    int kept =
        database
            .sql(
                """
                INSERT INTO audit_events
                  (id, at, service, actor, action, target_type, target_id, address, request_id, details)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb))
                ON CONFLICT (id) DO NOTHING
                """)
            .param(entry.id())
            .param(entry.at().atOffset(ZoneOffset.UTC))
            .param(entry.service())
            .param(entry.actor() == null ? null : entry.actor().value())
            .param(entry.action())
            .param(entry.targetType())
            .param(entry.targetId())
            .param(entry.address())
            .param(entry.requestId())
            .param(json.writeValueAsString(entry.details()))
            .update();
    if (kept == 1 && entry.service().equals(service)) {
      afterCommit(() -> AuditLog.write(deed(entry)));
    }
  }

  private static void afterCommit(Runnable action) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            action.run();
          }
        });
  }

  private static AuditRecorded deed(AuditEntry entry) {
    return new AuditRecorded(
        entry.id(),
        entry.at(),
        entry.service(),
        entry.actor(),
        entry.action(),
        entry.targetType(),
        entry.targetId(),
        entry.address(),
        entry.requestId(),
        entry.details());
  }

  private static @Nullable String address() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? request.getRequest().getRemoteAddr()
        : null;
  }
}
