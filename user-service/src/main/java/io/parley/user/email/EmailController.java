package io.parley.user.email;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Verifying and changing an account's address. */
@RestController
@Tag(name = "email", description = "Verifying and changing an account's address")
@RequestMapping("/api/v1")
class EmailController {

  private final EmailAddresses addresses;

  EmailController(EmailAddresses addresses) {
    this.addresses = addresses;
  }

  /** Takes what is behind the # of the link in a mail. Needs no login: the link is the proof. */
  @Operation(summary = "Verify an email address, with the token of a link")
  @PostMapping("/auth/email/verify")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({
    "link-invalid",
    "password-required",
    "wrong-password",
    "email-taken",
    "rate-limited",
    "too-busy"
  })
  void verify(@Valid @RequestBody VerifyEmail command) {
    addresses.verify(command.token(), command.password());
  }

  /** Takes back an address that was asked for, by the link that the present one was sent. */
  @Operation(summary = "Keep the email address, with the token of a link")
  @PostMapping("/auth/email/cancel")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses("link-invalid")
  void cancel(@Valid @RequestBody CancelEmail command) {
    addresses.cancel(command.token());
  }

  /** Sends the link once more. */
  @Operation(summary = "Send the link that verifies the address again")
  @PostMapping("/auth/email/resend")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({"email-verified", "rate-limited"})
  void resend(Caller caller) {
    addresses.resend(caller);
  }

  /** Asks for another address, which counts once the link that is sent there was followed. */
  @Operation(summary = "Ask for another email address")
  @PutMapping("/users/me/email")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({"wrong-password", "code-required", "code-invalid", "rate-limited", "too-busy"})
  void change(Caller caller, @Valid @RequestBody ChangeEmail command) {
    addresses.change(caller, command);
  }
}
