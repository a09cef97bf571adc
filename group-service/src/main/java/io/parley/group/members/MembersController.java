package io.parley.group.members;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.Refuses;
import io.parley.common.text.PlainText;
import io.parley.group.idempotency.ValidKey;
import io.parley.group.roster.GroupId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The members of a group. */
@RestController
@Tag(name = "members", description = "The members of a group, their roles and permissions")
@RequestMapping("/api/v1/groups/{id}")
class MembersController {

  private final Members members;
  private final ReplicaReads reads;

  MembersController(Members members, ReplicaReads reads) {
    this.members = members;
    this.reads = reads;
  }

  /** Members, highest role first, then in the order of joining; for members. */
  @Operation(summary = "The members of a group")
  @GetMapping("/members")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found"})
  Page<MemberView> list(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(required = false)
          @Schema(allowableValues = {"owner", "admin", "moderator", "member"})
          @Nullable String role,
      @RequestParam(required = false) @PlainText(max = 64) @Nullable String query,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    GroupRole wanted = role(role);
    return reads.mayBeStale(() -> members.page(caller.id(), id, wanted, query, limit, cursor));
  }

  private static @Nullable GroupRole role(@Nullable String word) {
    try {
      return word == null ? null : GroupRole.of(word);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "role: " + e.getMessage());
    }
  }

  /** The caller's own membership. */
  @Operation(summary = "The caller's own membership")
  @GetMapping("/members/me")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found"})
  MemberView me(Caller caller, @PathVariable GroupId id) {
    return reads.mayBeStale(() -> members.get(caller.id(), id, caller.id()));
  }

  /** One member; for members. */
  @Operation(summary = "A member of a group")
  @GetMapping("/members/{userId}")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found"})
  MemberView get(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    return reads.mayBeStale(() -> members.get(caller.id(), id, userId));
  }

  /** Adds somebody: 201, or 200 for one who was there. Permission add_members. */
  @Operation(summary = "Add a user to a group")
  @ApiResponse(responseCode = "200", description = "Was a member")
  @ApiResponse(responseCode = "201", description = "Is a member")
  @PostMapping("/members")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({
    "forbidden",
    "blocked",
    "banned",
    "not-found",
    "unknown-user",
    "group-full",
    "group-archived",
    "idempotency-key-reused"
  })
  ResponseEntity<MemberView> add(
      Caller caller,
      @PathVariable GroupId id,
      @Valid @RequestBody AddMember command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    return answer(members.add(caller.id(), id, command.userId(), idempotencyKey));
  }

  /** Comes into a public group: 201, or 200 for one who was there. */
  @Operation(summary = "Join a public group")
  @ApiResponse(responseCode = "200", description = "Was a member")
  @ApiResponse(responseCode = "201", description = "Is a member")
  @PostMapping("/join")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"approval-needed", "banned", "not-found", "group-full", "group-archived"})
  ResponseEntity<MemberView> join(Caller caller, @PathVariable GroupId id) {
    return answer(members.join(caller.id(), caller.username(), id));
  }

  private static ResponseEntity<MemberView> answer(Members.Added added) {
    return ResponseEntity.status(added.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
        .body(added.member());
  }

  /** Removes somebody of a lower role (permission moderate), or leaves. */
  @Operation(summary = "Remove a member, or leave a group")
  @DeleteMapping("/members/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found", "owner-must-transfer"})
  void remove(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    members.remove(caller.id(), id, userId);
  }

  /** Sets the role and own permissions of somebody of a lower role. For admins. */
  @Operation(summary = "Change a member's role and permissions")
  @PatchMapping("/members/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "group-archived"})
  MemberView edit(
      Caller caller,
      @PathVariable GroupId id,
      @PathVariable UserId userId,
      @Valid @RequestBody EditMember command) {
    return members.edit(caller.id(), id, userId, command);
  }

  /** Keeps somebody of a lower role from writing until a time. Permission moderate. */
  @Operation(summary = "Keep a member from writing until a time")
  @PutMapping("/members/{userId}/mute")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "group-archived"})
  MemberView mute(
      Caller caller,
      @PathVariable GroupId id,
      @PathVariable UserId userId,
      @Valid @RequestBody MuteMember command) {
    return members.mute(caller.id(), id, userId, command.until());
  }

  /** Lets a muted member write again. Permission moderate. */
  @Operation(summary = "Let a muted member write again")
  @DeleteMapping("/members/{userId}/mute")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "group-archived"})
  MemberView unmute(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    return members.mute(caller.id(), id, userId, null);
  }

  /** Makes another member the owner; the caller becomes an admin. For the owner. */
  @Operation(summary = "Make another member the owner")
  @PutMapping("/owner")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found"})
  MemberView transfer(
      Caller caller, @PathVariable GroupId id, @Valid @RequestBody NewOwner command) {
    return members.transfer(caller.id(), id, command.userId());
  }
}
