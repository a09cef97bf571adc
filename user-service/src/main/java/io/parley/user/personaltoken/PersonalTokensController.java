package io.parley.user.personaltoken;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.problems.Refuses;
import io.parley.user.credential.Confirmation;
import io.parley.user.secondfactor.SecondFactors;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The caller's personal tokens. */
@RestController
@Tag(name = "personalTokens", description = "The caller's personal tokens")
@RequestMapping("/api/v1/users/me/tokens")
@RequiresScope(Scope.ACCOUNT_SECURITY)
class PersonalTokensController {

  private final PersonalAccessTokens tokens;
  private final SecondFactors secondFactors;

  PersonalTokensController(PersonalAccessTokens tokens, SecondFactors secondFactors) {
    this.tokens = tokens;
    this.secondFactors = secondFactors;
  }

  /** Makes a token and shows it, this once. */
  @Operation(summary = "Create a personal access token; it is shown once")
  @ApiResponse(responseCode = "201", description = "The token")
  @PostMapping
  @Refuses({
    "wrong-password",
    "code-required",
    "code-invalid",
    "scope-not-grantable",
    "too-many-tokens",
    "rate-limited",
    "too-busy"
  })
  ResponseEntity<TokenView> create(Caller caller, @Valid @RequestBody CreateToken command) {
    Confirmation confirmation = secondFactors.require(caller, command.password(), command.code());
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(tokens.create(confirmation, caller.id(), command));
  }

  /** All on one page, the newest first. */
  @Operation(summary = "The caller's personal access tokens")
  @GetMapping
  Page<TokenView> list(Caller caller) {
    return new Page<>(tokens.list(caller.id()), null);
  }

  /** Revokes one: it is refused within a second, and its sockets are closed. */
  @Operation(summary = "Revoke a personal access token")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable TokenId id) {
    tokens.revoke(caller.id(), caller.id(), id);
  }
}
