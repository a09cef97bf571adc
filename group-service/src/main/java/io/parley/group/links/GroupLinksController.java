package io.parley.group.links;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
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

/** A group's invitation links, for those who may invite. */
@RestController
@Tag(name = "groupLinks", description = "A group's invitation links, for those who may invite")
@RequestMapping("/api/v1/groups/{id}/invitation-links")
class GroupLinksController {

  private final Links links;
  private final ReplicaReads reads;

  GroupLinksController(Links links, ReplicaReads reads) {
    this.links = links;
    this.reads = reads;
  }

  /** Makes a link; only this answer has its token. Permission invite. */
  @Operation(summary = "Create an invitation link; its token is shown once")
  @PostMapping
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({"forbidden", "not-found", "group-archived", "idempotency-key-reused"})
  LinkView create(
      Caller caller,
      @PathVariable GroupId id,
      @Valid @RequestBody CreateLink command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    return links.create(caller.id(), id, command, idempotencyKey);
  }

  /** Links that were not revoked, oldest first. Permission invite. */
  @Operation(summary = "A group's invitation links")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"forbidden", "not-found", "group-archived"})
  Page<LinkView> list(
      Caller caller,
      @PathVariable GroupId id,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable RowId cursor) {
    return reads.mayBeStale(() -> links.list(caller.id(), id, limit, cursor));
  }

  /** Makes a link useless. Permission invite. */
  @Operation(summary = "Revoke an invitation link")
  @DeleteMapping("/{linkId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found", "group-archived"})
  void revoke(Caller caller, @PathVariable GroupId id, @PathVariable RowId linkId) {
    links.revoke(caller.id(), id, linkId);
  }
}
