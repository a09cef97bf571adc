package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The caller's sessions. */
@RestController
@Tag(name = "sessions", description = "Where the caller is logged in")
@RequestMapping("/api/v1/users/me/sessions")
@RequiresScope(Scope.ACCOUNT_SECURITY)
class SessionsController {

  private final Sessions sessions;

  SessionsController(Sessions sessions) {
    this.sessions = sessions;
  }

  /** All on one page, the one used last first. */
  @Operation(summary = "Where the caller is logged in")
  @GetMapping
  Page<SessionView> list(Caller caller) {
    return new Page<>(sessions.list(caller), null);
  }

  /** Ends one, which may be the caller's own. */
  @Operation(summary = "End one of the caller's sessions")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable SessionId id) {
    sessions.revoke(caller, id.value());
  }

  /** Ends all but the caller's own. */
  @Operation(summary = "End all of the caller's sessions but this one")
  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revokeOthers(Caller caller) {
    sessions.endAllBut(caller.id(), caller.sessionId(), caller.id(), EndReason.REVOKED);
  }
}
