package io.parley.user.personaltoken;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.access.IntrospectedTokens.Introspection;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Whose a personal token is, for the other services (in the manner of RFC 7662). */
@RestController
@CalledBy({
  FleetService.API_GATEWAY,
  FleetService.GROUP_SERVICE,
  FleetService.MESSAGE_SERVICE,
  FleetService.NOTIFICATION_SERVICE
})
class IntrospectController {

  private final PersonalAccessTokens tokens;

  IntrospectController(PersonalAccessTokens tokens) {
    this.tokens = tokens;
  }

  /** A token that is not good for anything is not an error here. */
  @PostMapping("/internal/tokens/introspect")
  Introspection introspect(@Valid @RequestBody Introspect question) {
    try {
      return Introspection.of(tokens.resolve(question.token()));
    } catch (ProblemException e) {
      if (e.type() == CommonProblem.UNAUTHENTICATED || e.type() == CommonProblem.TOKEN_EXPIRED) {
        return Introspection.INACTIVE;
      }
      throw e;
    }
  }

  /** What is asked. */
  record Introspect(@NotNull @Size(max = 4096) String token) {

    /** Without the token. */
    @Override
    public String toString() {
      return "Introspect[]";
    }
  }
}
