package io.parley.user.erasure;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.parley.user.credential.Confirmation;
import io.parley.user.secondfactor.SecondFactors;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Leaving for good. */
@RestController
@Tag(name = "erasure", description = "Leaving for good")
@RequestMapping("/api/v1")
class ErasureController {

  private final Erasures erasures;
  private final SecondFactors secondFactors;

  ErasureController(Erasures erasures, SecondFactors secondFactors) {
    this.erasures = erasures;
    this.secondFactors = secondFactors;
  }

  /**
   * Erases the caller's account: nobody can log in to it any more once this is answered. The answer
   * has the token with which the state can be asked for.
   */
  @Operation(summary = "Erase the caller's account")
  @ApiResponse(responseCode = "202", description = "It has begun; the token is shown once")
  @PostMapping("/users/me/erasure")
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({"wrong-password", "code-required", "code-invalid", "last-admin", "rate-limited"})
  ResponseEntity<ErasureAccepted> request(
      Caller caller, @Valid @RequestBody RequestErasure command) {
    Confirmation confirmation = secondFactors.require(caller, command.password(), command.code());
    return ResponseEntity.status(HttpStatus.ACCEPTED)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(erasures.begin(confirmation, command.messages()));
  }

  /** How far an erasure is. Needs no access token: there is nobody left who could have one. */
  @Operation(summary = "How far an erasure is")
  @GetMapping("/erasures/{statusToken}")
  @Refuses("not-found")
  ResponseEntity<ErasureView> status(@PathVariable @Size(max = 64) String statusToken) {
    return ResponseEntity.ok()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(erasures.status(statusToken));
  }
}
