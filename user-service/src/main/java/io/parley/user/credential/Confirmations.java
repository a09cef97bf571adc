package io.parley.user.credential;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.user.audit.Audit;
import io.parley.user.slowdown.LoginLimits;
import java.util.Map;
import org.springframework.stereotype.Service;

/** Asks those who are logged in for their password, before what a stolen session must not do. */
@Service
public class Confirmations {

  private final Credentials credentials;
  private final LoginLimits limits;
  private final Audit audit;

  Confirmations(Credentials credentials, LoginLimits limits, Audit audit) {
    this.credentials = credentials;
    this.limits = limits;
    this.audit = audit;
  }

  /**
   * @throws ProblemException 403 {@code wrong-password}; 429 {@code rate-limited}
   */
  public void require(Caller caller, String password) {
    begin(caller, password).succeeded();
  }

  /**
   * As above, for when more is asked than the password: the caller says when the attempt has
   * succeeded.
   */
  public LoginLimits.Attempt begin(Caller caller, String password) {
    LoginLimits.Attempt attempt = limits.confirm(caller.id(), caller.sessionId());
    if (!credentials.matches(caller.id(), password)) {
      audit.record(caller.id(), "password.refused", "session", caller.sessionId(), Map.of());
      throw new ProblemException(CredentialProblem.WRONG_PASSWORD);
    }
    return attempt;
  }
}
