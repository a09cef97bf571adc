package io.parley.user.password;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** New passwords. */
@RestController
@Tag(name = "password", description = "New passwords")
@RequestMapping("/api/v1")
class PasswordController {

  private final PasswordChanges changes;
  private final PasswordResets resets;

  PasswordController(PasswordChanges changes, PasswordResets resets) {
    this.changes = changes;
    this.resets = resets;
  }

  /** Changes the password of the caller and ends all other sessions. */
  @Operation(summary = "Change the caller's password")
  @PutMapping("/users/me/password")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({"weak-password", "wrong-password", "rate-limited", "too-busy"})
  void change(Caller caller, @Valid @RequestBody ChangePassword command) {
    changes.change(caller, command);
  }

  /** Sends a link, if there is such an account. The answer is the same if there is none. */
  @Operation(summary = "Ask for a link that sets a new password")
  @PostMapping("/auth/password/forgot")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void forgot(@Valid @RequestBody ForgotPassword command) {
    resets.forgot(command.email());
  }

  /**
   * Takes what is behind the # of the link in a mail, and the new password. All sessions and
   * personal tokens of the account end; the second factor stays.
   */
  @Operation(summary = "Set a new password, with the token of a link")
  @PostMapping("/auth/password/reset")
  @Refuses({"link-invalid", "weak-password", "too-busy"})
  ResponseEntity<PasswordReset> reset(@Valid @RequestBody ResetPassword command) {
    return ResponseEntity.ok()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(resets.reset(command));
  }
}
