package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.parley.user.client.Client;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Registration, login, refresh and logout. No answer with tokens may be kept by a cache. */
@RestController
@Tag(name = "auth", description = "Registration, login, refresh and logout")
@RequestMapping("/api/v1/auth")
class AuthController {

  private final Logins logins;
  private final Sessions sessions;

  AuthController(Logins logins, Sessions sessions) {
    this.logins = logins;
    this.sessions = sessions;
  }

  /** Makes an account and logs it in. A mail asks to verify the address. */
  @Operation(summary = "Create an account")
  @ApiResponse(responseCode = "201", description = "The account, and a session of it")
  @PostMapping("/register")
  @Refuses({
    "username-taken",
    "username-confusable",
    "username-reserved",
    "email-taken",
    "weak-password",
    "too-busy"
  })
  ResponseEntity<SignedIn> register(
      @Valid @RequestBody Register command, HttpServletRequest request) {
    return answer(
        HttpStatus.CREATED, logins.register(command, Client.of(request, command.deviceName())));
  }

  /** Logs in, with a code if the account has a second factor. */
  @Operation(summary = "Log in, with a username or an email address")
  @PostMapping("/login")
  @Refuses({
    "bad-credentials",
    "second-factor-required",
    "second-factor-invalid",
    "account-locked",
    "rate-limited",
    "too-busy"
  })
  ResponseEntity<SignedIn> logIn(@Valid @RequestBody LogIn command, HttpServletRequest request) {
    return answer(HttpStatus.OK, logins.logIn(command, Client.of(request, command.deviceName())));
  }

  /** Exchanges a refresh token for the next one and a new access token. */
  @Operation(summary = "Get a new access token for a refresh token")
  @PostMapping("/refresh")
  @Refuses({"refresh-token-invalid", "refresh-token-reused", "account-locked"})
  ResponseEntity<SignedIn> refresh(
      @Valid @RequestBody Refresh command, HttpServletRequest request) {
    return answer(
        HttpStatus.OK,
        sessions.refresh(command.refreshToken(), Client.of(request, null).address()));
  }

  /** Ends the caller's session; its sockets are closed within a second. */
  @Operation(summary = "Log out")
  @ApiResponse(responseCode = "204", description = "It has ended")
  @PostMapping("/logout")
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  ResponseEntity<Void> logOut(Caller caller) {
    sessions.logOut(caller);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<SignedIn> answer(HttpStatus status, SignedIn body) {
    return ResponseEntity.status(status).header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
  }
}
