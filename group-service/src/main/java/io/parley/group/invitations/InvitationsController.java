package io.parley.group.invitations;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.group.roster.RowId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Invitations, for those who are invited. */
@RestController
@Tag(name = "invitations", description = "Invitations, for those who are invited")
@RequestMapping("/api/v1/invitations")
class InvitationsController {

  private final Invitations invitations;
  private final ReplicaReads reads;

  InvitationsController(Invitations invitations, ReplicaReads reads) {
    this.invitations = invitations;
    this.reads = reads;
  }

  /** The caller's invitations that wait for an answer, oldest first. */
  @Operation(summary = "The caller's invitations")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  Page<InvitationView> own(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    return reads.mayBeStale(() -> invitations.own(caller.id(), limit, cursor));
  }

  /** Comes into the group: 201, or 200 for one who was in before. */
  @Operation(summary = "Accept an invitation")
  @ApiResponse(responseCode = "200", description = "Was a member")
  @ApiResponse(responseCode = "201", description = "Is a member")
  @PostMapping("/{id}/accept")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"banned", "not-found", "group-full", "group-archived", "invitation-gone"})
  ResponseEntity<Outcome> accept(Caller caller, @PathVariable RowId id) {
    return invitations.accept(caller.id(), caller.username(), id).answer();
  }

  /** The invitation is gone. */
  @Operation(summary = "Decline an invitation")
  @PostMapping("/{id}/decline")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses("not-found")
  void decline(Caller caller, @PathVariable RowId id) {
    invitations.decline(caller.id(), id);
  }
}
