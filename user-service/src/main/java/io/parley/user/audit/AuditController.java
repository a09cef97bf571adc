package io.parley.user.audit;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.text.PlainText;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit trail, for admins. */
@RestController
@Tag(name = "audit", description = "The audit trail, for admins")
@RequestMapping("/api/v1/admin/audit")
class AuditController {

  /** PostgreSQL knows no time far beyond. */
  static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  private final AuditTrail trail;
  private final ReplicaReads reads;

  AuditController(AuditTrail trail, ReplicaReads reads) {
    this.trail = trail;
    this.reads = reads;
  }

  /**
   * What was recorded, newest first. An action that ends with a dot stands for all that begin with
   * it; {@code from} is inclusive, {@code to} is not.
   */
  @Operation(summary = "Who did what to whom, newest first")
  @GetMapping
  @RequiresScope(Scope.ADMIN)
  Page<AuditEntry> find(
      Caller caller,
      @RequestParam(required = false) @Nullable UserId actor,
      @RequestParam(required = false) @PlainText(max = 128) @Nullable String target,
      @RequestParam(required = false) @Pattern(regexp = "[a-z][a-z0-9._-]{0,63}")
          @Nullable String action,
      @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
          @Nullable Instant from,
      @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
          @Nullable Instant to,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Size(max = 128) @Nullable String cursor) {
    check("from", from);
    check("to", to);
    AuditQuery query =
        new AuditQuery(actor == null ? null : actor.value(), target, action, from, to);
    trail.searched(caller, query);
    return reads.mayBeStale(() -> trail.find(query, limit, cursor));
  }

  private static void check(String name, @Nullable Instant time) {
    if (time != null && (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, name + ": must lie between the years 1970 and 9999");
    }
  }
}
