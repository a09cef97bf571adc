package io.parley.message.availability;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of presence. */
@RestController
@Tag(name = "presence", description = "Who is there, and how one appears to others")
@RequestMapping("/api/v1")
class PresenceController {

  private final Presences presences;

  PresenceController(Presences presences) {
    this.presences = presences;
  }

  /** Auto and no status when nothing was chosen. */
  @Operation(summary = "How the caller has chosen to appear")
  @GetMapping("/users/me/presence")
  @RequiresScope(Scope.ACCOUNT_READ)
  ChosenPresence chosen(Caller caller) {
    return presences.chosen(caller);
  }

  /** Replaces both; without a status there is none. */
  @Operation(summary = "Choose how to appear, with a status if wanted")
  @PutMapping("/users/me/presence")
  @RequiresScope(Scope.ACCOUNT_WRITE)
  ChosenPresence choose(Caller caller, @Valid @RequestBody ChosenPresence chosen) {
    return presences.choose(caller, chosen);
  }

  /** Who may not be seen, and who does not exist, is offline. */
  @Operation(summary = "How users appear to the caller")
  @GetMapping("/presence")
  @RequiresScope(Scope.USERS_READ)
  Page<PresenceView> look(
      Caller caller, @RequestParam @Size(min = 1, max = 100) List<UserId> userIds) {
    return new Page<>(presences.look(caller, userIds), null);
  }
}
