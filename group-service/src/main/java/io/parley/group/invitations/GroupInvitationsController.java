package io.parley.group.invitations;

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

/** A group's invitations, for those who may invite. */
@RestController
@Tag(name = "groupInvitations", description = "A group's invitations, for those who may invite")
@RequestMapping("/api/v1/groups/{id}/invitations")
class GroupInvitationsController {

  private final Invitations invitations;
  private final ReplicaReads reads;

  GroupInvitationsController(Invitations invitations, ReplicaReads reads) {
    this.invitations = invitations;
    this.reads = reads;
  }

  /** Invites one user; who is invited already is so anew. Permission invite. */
  @Operation(summary = "Invite a user into a group")
  @PostMapping
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "forbidden",
    "blocked",
    "banned",
    "not-found",
    "unknown-user",
    "conflict",
    "group-archived",
    "idempotency-key-reused"
  })
  InvitationView invite(
      Caller caller,
      @PathVariable GroupId id,
      @Valid @RequestBody InviteUser command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    return invitations.invite(caller.id(), id, command, idempotencyKey);
  }

  /** Invitations that wait for an answer, oldest first. Permission invite. */
  @Operation(summary = "A group's invitations that wait for an answer")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found", "group-archived"})
  Page<InvitationView> invitations(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    return reads.mayBeStale(() -> invitations.ofGroup(caller.id(), id, limit, cursor));
  }

  /** Takes an invitation back. Permission invite. */
  @Operation(summary = "Take an invitation back")
  @DeleteMapping("/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found", "group-archived"})
  void withdraw(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    invitations.withdraw(caller.id(), id, userId);
  }
}
