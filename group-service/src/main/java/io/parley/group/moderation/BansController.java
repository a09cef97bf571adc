package io.parley.group.moderation;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.group.roster.GroupId;
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
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Bans of a group, for those with the permission moderate. */
@RestController
@Tag(name = "bans", description = "Bans of a group, for those with the permission moderate")
@RequestMapping("/api/v1/groups/{id}/bans")
class BansController {

  private final Bans bans;
  private final ReplicaReads reads;

  BansController(Bans bans, ReplicaReads reads) {
    this.bans = bans;
    this.reads = reads;
  }

  /** Bans a user, who is removed at once and cannot come back until the ban ends. */
  @Operation(summary = "Ban a user from a group")
  @PutMapping("/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found"})
  BanView ban(
      Caller caller,
      @PathVariable GroupId id,
      @PathVariable UserId userId,
      @Valid @RequestBody BanUser command) {
    return bans.ban(caller.id(), id, userId, command);
  }

  /** Ends a ban. */
  @Operation(summary = "End a ban")
  @DeleteMapping("/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found"})
  void unban(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    bans.unban(caller.id(), id, userId);
  }

  /** Bans that stand. */
  @Operation(summary = "A group's bans")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found"})
  Page<BanView> list(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable UserId cursor) {
    return reads.mayBeStale(() -> bans.list(caller.id(), id, limit, cursor));
  }
}
