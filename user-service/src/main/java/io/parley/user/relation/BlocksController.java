package io.parley.user.relation;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The users whom the caller has blocked. */
@RestController
@Tag(name = "blocks", description = "The users whom the caller has blocked")
@RequestMapping("/api/v1/blocks")
class BlocksController {

  private final Blocks blocks;

  BlocksController(Blocks blocks) {
    this.blocks = blocks;
  }

  /** The blocked users by username. */
  @Operation(summary = "Whom the caller has blocked")
  @GetMapping
  @RequiresScope(Scope.ACCOUNT_READ)
  Page<RelatedView> list(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Size(max = 64) @Nullable String cursor) {
    return blocks.list(caller.id(), limit, cursor);
  }

  /** Blocks a user, and takes each off the other's contacts; may be repeated. */
  @Operation(summary = "Block a user")
  @PutMapping("/{userId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_WRITE)
  @Refuses({"not-yourself", "not-found", "too-many-blocks"})
  void add(Caller caller, @PathVariable UserId userId) {
    blocks.add(caller.id(), userId);
  }

  /** Lets go of a block; may be repeated. */
  @Operation(summary = "Unblock a user")
  @DeleteMapping("/{userId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_WRITE)
  void remove(Caller caller, @PathVariable UserId userId) {
    blocks.remove(caller.id(), userId);
  }
}
