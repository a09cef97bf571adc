package io.parley.common.access;

import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * The user behind a verified access token. A controller that takes one as a parameter is answered
 * only to users.
 *
 * @param sessionId the login that the token belongs to (claim {@code sid}), or the id of the
 *     personal token
 * @param scopes what the token may be used for
 * @param expiresAt when the token ends; a socket opened with it ends then too
 */
public record Caller(
    UserId id,
    String username,
    String sessionId,
    SystemRole role,
    Set<Scope> scopes,
    Instant expiresAt) {

  /**
   * @throws ProblemException 403 {@code insufficient-scope}, with the scope that is missing
   */
  public void require(Scope scope) {
    if (!scopes.contains(scope)) {
      throw new ProblemException(
          CommonProblem.INSUFFICIENT_SCOPE,
          "The token lacks the scope " + scope.value(),
          Map.of("scope", scope.value()));
    }
  }
}
