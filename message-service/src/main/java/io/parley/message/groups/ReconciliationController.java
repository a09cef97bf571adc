package io.parley.message.groups;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of the reconciliation with group-service, for administrators. */
@RestController
@Tag(name = "reconciliation", description = "Comparing groups with group-service, for admins")
@RequestMapping("/api/v1/admin/reconciliation")
@RequiresScope(Scope.ADMIN)
class ReconciliationController {

  private final Reconciliation reconciliation;

  ReconciliationController(Reconciliation reconciliation) {
    this.reconciliation = reconciliation;
  }

  /**
   * Begins to compare all groups with group-service, unless that is going on.
   *
   * @param full compare members even where versions are the same
   */
  @Operation(summary = "Compare all groups with group-service, and repair what differs")
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  Reconciliation.Status start(Caller caller, @RequestParam(defaultValue = "false") boolean full) {
    return reconciliation.start(full);
  }

  /** How far the last one is. */
  @Operation(summary = "How far the last comparison is")
  @GetMapping
  Reconciliation.Status status(Caller caller) {
    return reconciliation.status();
  }
}
