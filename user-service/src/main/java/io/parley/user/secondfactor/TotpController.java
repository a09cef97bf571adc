package io.parley.user.secondfactor;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The second factor of the caller. */
@RestController
@Tag(name = "totp", description = "The second factor of the caller")
@RequestMapping("/api/v1/users/me/totp")
@RequiresScope(Scope.ACCOUNT_SECURITY)
class TotpController {

  private final SecondFactors secondFactors;

  TotpController(SecondFactors secondFactors) {
    this.secondFactors = secondFactors;
  }

  /** Whether it is on, and how many recovery codes are left. */
  @Operation(summary = "Whether logins need a second factor")
  @GetMapping
  TotpState get(Caller caller) {
    return secondFactors.state(caller);
  }

  /** Makes a secret for an authenticator app; the second factor is on once it is confirmed. */
  @Operation(summary = "Begin to set up a second factor")
  @ApiResponse(responseCode = "201", description = "The secret, once")
  @PostMapping
  @Refuses({"wrong-password", "email-unverified", "second-factor-on", "rate-limited", "too-busy"})
  ResponseEntity<TotpSecret> begin(Caller caller, @Valid @RequestBody BeginTotp command) {
    return secret(HttpStatus.CREATED, secondFactors.begin(caller, command.password()));
  }

  /** Switches it on with a first code of the app, and answers the recovery codes, once. */
  @Operation(summary = "Switch the second factor on, with a first code")
  @PostMapping("/confirm")
  @Refuses({"code-invalid", "second-factor-on", "second-factor-off"})
  ResponseEntity<RecoveryCodes> confirm(Caller caller, @Valid @RequestBody ConfirmTotp command) {
    return secret(HttpStatus.OK, secondFactors.confirm(caller, command.code()));
  }

  /** Makes new recovery codes in place of the old ones. */
  @Operation(summary = "Get new recovery codes; the old ones end")
  @PostMapping("/recovery-codes")
  @Refuses({"wrong-password", "code-invalid", "second-factor-off", "rate-limited", "too-busy"})
  ResponseEntity<RecoveryCodes> renew(Caller caller, @Valid @RequestBody ProveBoth command) {
    return secret(
        HttpStatus.OK,
        secondFactors.renewRecoveryCodes(caller, command.password(), command.code()));
  }

  /** Switches it off. */
  @Operation(summary = "Switch the second factor off")
  @ApiResponse(responseCode = "204", description = "It is off")
  @PostMapping("/disable")
  @Refuses({"wrong-password", "code-invalid", "second-factor-off", "rate-limited", "too-busy"})
  ResponseEntity<Void> disable(Caller caller, @Valid @RequestBody ProveBoth command) {
    secondFactors.disable(caller, command.password(), command.code());
    return ResponseEntity.noContent().build();
  }

  private static <T> ResponseEntity<T> secret(HttpStatus status, T body) {
    return ResponseEntity.status(status).header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
  }
}
