package io.parley.user.relation;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.edge.Page;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Blocks, for the services that keep a copy. */
@RestController
@CalledBy(FleetService.MESSAGE_SERVICE)
class InternalBlocksController {

  private final Blocks blocks;

  InternalBlocksController(Blocks blocks) {
    this.blocks = blocks;
  }

  /** All blocks that stand, by version. */
  @GetMapping("/internal/blocks")
  Page<InternalBlockView> all(
      @RequestParam(defaultValue = "0") @Min(0) long after,
      @RequestParam(defaultValue = "500") @Min(1) @Max(1000) int limit) {
    return blocks.all(after, limit);
  }
}
