package io.parley.group.groups;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.edge.Page;
import io.parley.common.problems.Refuses;
import io.parley.group.roster.GroupId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Groups, for the other services. */
@RestController
@RequestMapping("/internal/groups")
@CalledBy(FleetService.MESSAGE_SERVICE)
class InternalGroupsController {

  private final Snapshots snapshots;

  InternalGroupsController(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** What a projection is rebuilt from when it has not seen the group, or has missed a version. */
  @GetMapping("/{id}")
  @Refuses("not-found")
  Snapshot get(@PathVariable GroupId id) {
    return snapshots.get(id);
  }

  /** All groups with their versions, for reconciling a projection. */
  @GetMapping
  Page<Snapshot.Head> heads(
      @RequestParam(required = false) @Nullable GroupId after,
      @RequestParam(defaultValue = "500") @Min(1) @Max(1000) int limit) {
    return snapshots.heads(after, limit);
  }
}
