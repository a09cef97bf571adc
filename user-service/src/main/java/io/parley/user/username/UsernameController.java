package io.parley.user.username;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.parley.user.account.OwnAccountView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller's username. */
@RestController
@Tag(name = "me", description = "The caller's own account")
@RequestMapping("/api/v1/users/me")
class UsernameController {

  private final Usernames usernames;

  UsernameController(Usernames usernames) {
    this.usernames = usernames;
  }

  /** The name of before leads here for a time, and nobody else gets it. */
  @Operation(summary = "Change the caller's username")
  @PutMapping("/username")
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({
    "wrong-password",
    "username-taken",
    "username-confusable",
    "username-reserved",
    "too-many-usernames",
    "rate-limited",
    "too-busy"
  })
  OwnAccountView change(Caller caller, @Valid @RequestBody ChangeUsername command) {
    return OwnAccountView.of(usernames.change(caller, command));
  }
}
