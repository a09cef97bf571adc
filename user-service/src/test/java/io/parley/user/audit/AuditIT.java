package io.parley.user.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.ids.UserId;
import io.parley.user.testing.UserServiceIT;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class AuditIT extends UserServiceIT {

  @Autowired private Audit audit;
  @Autowired private TransactionTemplate transaction;

  @Test
  void recordShouldKeepAnEntryOnceAndSayItInTheLog(CapturedOutput output) {
    AuditEntry entry = entry();

    audit.record(entry);
    audit.record(entry);

    assertThat(count(entry.id())).isEqualTo(1);
    assertThat(
            database
                .sql("SELECT details ->> 'why' FROM audit_events WHERE id = ?")
                .param(entry.id())
                .query(String.class)
                .single())
        .isEqualTo("'; -- \" 👩");
    assertThat(output.getOut()).containsOnlyOnce("thing.done user " + entry.targetId());
  }

  @Test
  void recordShouldLeaveNothingOfWhatWasRolledBack(CapturedOutput output) {
    AuditEntry entry = entry();

    transaction.executeWithoutResult(
        status -> {
          audit.record(entry);
          status.setRollbackOnly();
        });

    assertThat(count(entry.id())).isZero();
    assertThat(output.getOut()).doesNotContain(String.valueOf(entry.targetId()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit_events SET action = 'nothing'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
      })
  void storeShouldRefuseToChangeTheTrail(String statement) {
    AuditEntry entry = entry();
    audit.record(entry);

    assertThatThrownBy(() -> database.sql(statement).update())
        .rootCause()
        .hasMessageContaining("append-only");
    assertThat(count(entry.id())).isEqualTo(1);
  }

  private int count(UUID id) {
    return database
        .sql("SELECT count(*) FROM audit_events WHERE id = ? AND action = 'thing.done'")
        .param(id)
        .query(Integer.class)
        .single();
  }

  private static AuditEntry entry() {
    return new AuditEntry(
        UUID.randomUUID(),
        Instant.parse("2026-01-01T00:00:00Z"),
        "user-service",
        new UserId(UUID.randomUUID()),
        "thing.done",
        "user",
        UUID.randomUUID().toString(),
        "2001:db8::1",
        null,
        Map.of("why", "'; -- \" 👩"));
  }
}
