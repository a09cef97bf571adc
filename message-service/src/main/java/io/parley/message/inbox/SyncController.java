package io.parley.message.inbox;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.message.limits.UserLimits;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of what changed while a device was away. */
@RestController
@Tag(name = "sync", description = "What changed while a device was away")
@RequestMapping("/api/v1/sync")
class SyncController {

  private final Sync sync;
  private final UserLimits limits;

  SyncController(Sync sync, UserLimits limits) {
    this.sync = sync;
    this.limits = limits;
  }

  @Operation(summary = "The caller's conversations in which anything changed since the last sync")
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  Sync.Changes since(
      Caller caller,
      @RequestParam(required = false) @Nullable String since,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "200") @Min(1) @Max(500) int limit) {
    limits.frame(caller.id());
    return sync.since(caller.id(), since, cursor, limit);
  }
}
