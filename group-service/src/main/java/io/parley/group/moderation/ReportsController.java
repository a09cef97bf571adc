package io.parley.group.moderation;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.Refuses;
import io.parley.group.idempotency.ValidKey;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Reports: making them, and the queues of those who decide. */
@RestController
@Tag(name = "reports", description = "Reports: making them, and the queues of those who decide")
@RequestMapping("/api/v1")
class ReportsController {

  private final Reports reports;
  private final ReplicaReads reads;

  ReportsController(Reports reports, ReplicaReads reads) {
    this.reports = reports;
    this.reads = reads;
  }

  /** Reports a group, a user, a conversation or one message. */
  @Operation(summary = "Report a group, a user, a conversation or a message")
  @PostMapping("/reports")
  @RequiresScope(Scope.GROUPS_READ)
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({"not-found", "unknown-user", "idempotency-key-reused"})
  ReportView make(
      Caller caller,
      @Valid @RequestBody MakeReport command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    return reports.make(caller.id(), command, idempotencyKey);
  }

  /** A group's reports, oldest first. Permission moderate. */
  @Operation(summary = "A group's reports")
  @GetMapping("/groups/{id}/reports")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found"})
  Page<ReportView> ofGroup(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(defaultValue = "open")
          @Schema(allowableValues = {"open", "resolved", "dismissed"})
          String status,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    Report.Status wanted = status(status);
    return reads.mayBeStale(() -> reports.ofGroup(caller.id(), id, wanted, limit, cursor));
  }

  /** Decides a report of a group. Permission moderate. */
  @Operation(summary = "Decide a report of a group")
  @PostMapping("/groups/{id}/reports/{reportId}/resolve")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "conflict"})
  ReportView resolveOfGroup(
      Caller caller,
      @PathVariable GroupId id,
      @PathVariable RowId reportId,
      @Valid @RequestBody ResolveReport command) {
    return reports.resolveOfGroup(caller.id(), id, reportId, command);
  }

  /** All reports, oldest first. For moderators of the installation. */
  @Operation(summary = "All reports")
  @GetMapping("/admin/reports")
  @RequiresScope(Scope.MODERATE)
  Page<ReportView> all(
      @RequestParam(defaultValue = "open")
          @Schema(allowableValues = {"open", "resolved", "dismissed"})
          String status,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    Report.Status wanted = status(status);
    return reads.mayBeStale(() -> reports.all(wanted, limit, cursor));
  }

  /** Decides any report. For moderators of the installation. */
  @Operation(summary = "Decide a report")
  @PostMapping("/admin/reports/{reportId}/resolve")
  @RequiresScope(Scope.MODERATE)
  @Refuses({"not-found", "conflict"})
  ReportView resolve(
      Caller caller, @PathVariable RowId reportId, @Valid @RequestBody ResolveReport command) {
    return reports.resolve(caller.id(), reportId, command);
  }

  private static Report.Status status(String word) {
    return switch (word) {
      case "open" -> Report.Status.OPEN;
      case "resolved" -> Report.Status.RESOLVED;
      case "dismissed" -> Report.Status.DISMISSED;
      default ->
          throw new ProblemException(
              CommonProblem.INVALID_REQUEST, "status: open, resolved or dismissed");
    };
  }
}
