package io.parley.group.requests;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.group.idempotency.ValidKey;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Requests to join a group. */
@RestController
@Tag(name = "joinRequests", description = "Requests to join a group")
@RequestMapping("/api/v1/groups/{id}/join-requests")
class JoinRequestsController {

  private final JoinRequests requests;
  private final ReplicaReads reads;

  JoinRequestsController(JoinRequests requests, ReplicaReads reads) {
    this.requests = requests;
    this.reads = reads;
  }

  /** Asks to be let into a public group; asking again takes the place of what was asked before. */
  @Operation(summary = "Ask to join a public group")
  @PostMapping
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({"banned", "not-found", "conflict", "group-archived", "idempotency-key-reused"})
  JoinRequestView ask(
      Caller caller,
      @PathVariable GroupId id,
      @Valid @RequestBody AskToJoin command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    return requests.ask(caller.id(), caller.username(), id, command, idempotencyKey);
  }

  /** The caller's own request. */
  @Operation(summary = "The caller's request to join")
  @GetMapping("/me")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses("not-found")
  JoinRequestView own(Caller caller, @PathVariable GroupId id) {
    return reads.mayBeStale(() -> requests.own(caller.id(), id));
  }

  /** Takes the caller's own request back. */
  @Operation(summary = "Take the caller's request to join back")
  @DeleteMapping("/me")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses("not-found")
  void withdraw(Caller caller, @PathVariable GroupId id) {
    requests.withdraw(caller.id(), id);
  }

  /** Requests that nobody has decided, oldest first. Permission invite. */
  @Operation(summary = "Requests to join that nobody has decided")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found", "group-archived"})
  Page<JoinRequestView> pending(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    return reads.mayBeStale(() -> requests.pending(caller.id(), id, limit, cursor));
  }

  /** Lets somebody in who asked. Permission invite. */
  @Operation(summary = "Let somebody in who asked to join")
  @PostMapping("/{userId}/approve")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "banned", "not-found", "group-full", "group-archived"})
  void approve(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    requests.approve(caller.id(), id, userId);
  }

  /** Declines a request. Permission invite. */
  @Operation(summary = "Decline a request to join")
  @PostMapping("/{userId}/decline")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found", "group-archived"})
  void decline(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    requests.decline(caller.id(), id, userId);
  }
}
