package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.user.account.Register;
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
@RequestMapping("/api/v1/auth")
class AuthController {

  private final Sessions sessions;

  AuthController(Sessions sessions) {
    this.sessions = sessions;
  }

  @PostMapping("/register")
  ResponseEntity<SignedIn> register(@Valid @RequestBody Register command) {
    return answer(HttpStatus.CREATED, sessions.register(command));
  }

  @PostMapping("/login")
  ResponseEntity<SignedIn> logIn(@Valid @RequestBody LogIn command) {
    return answer(HttpStatus.OK, sessions.logIn(command));
  }

  @PostMapping("/refresh")
  ResponseEntity<SignedIn> refresh(@Valid @RequestBody Refresh command) {
    return answer(HttpStatus.OK, sessions.refresh(command.refreshToken()));
  }

  @PostMapping("/logout")
  @RequiresScope(Scope.ACCOUNT_READ)
  ResponseEntity<Void> logOut(Caller caller) {
    sessions.end(caller);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<SignedIn> answer(HttpStatus status, SignedIn body) {
    return ResponseEntity.status(status).header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
  }
}
