package io.parley.user.credential;

import io.parley.common.access.Caller;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.slowdown.LoginLimits;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Asks those who are logged in for their password, before what a stolen session must not do. A hash
 * may wait its turn for seconds, in which the owner may have changed the password, ended the
 * session or been locked: so what is done holds the account first, and is not done if any of that
 * happened.
 */
@Service
public class Confirmations {

  private final Credentials credentials;
  private final Accounts accounts;
  private final LiveLogins logins;
  private final LoginLimits limits;
  private final Audit audit;

  Confirmations(
      Credentials credentials,
      Accounts accounts,
      LiveLogins logins,
      LoginLimits limits,
      Audit audit) {
    this.credentials = credentials;
    this.accounts = accounts;
    this.logins = logins;
    this.limits = limits;
    this.audit = audit;
  }

  /**
   * The tries are not given back yet: more than the password may be asked for, and what gives them
   * back without that would let codes be guessed.
   *
   * @throws ProblemException 403 {@code wrong-password}; 429 {@code rate-limited}
   */
  public Confirmation begin(Caller caller, String password) {
    LoginLimits.Attempt attempt = limits.confirm(caller.id(), caller.sessionId());
    Credentials.Proof proof = credentials.prove(caller.id(), password, true);
    if (proof == null) {
      throw refused(caller);
    }
    return new Confirmation(caller, proof, attempt);
  }

  private ProblemException refused(Caller caller) {
    audit.record(caller.id(), "password.refused", "session", caller.sessionId(), Map.of());
    return new ProblemException(CredentialProblem.WRONG_PASSWORD);
  }

  /**
   * The account, whose standing, password and session stay as they are until the transaction ends.
   *
   * @throws ProblemException 401 {@code unauthenticated} when the session has ended or the account
   *     was locked meanwhile; 403 {@code wrong-password} when the password was changed
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Account hold(Confirmation confirmation) {
    Account account = hold(confirmation.caller());
    if (!credentials.holds(confirmation.proof())) {
      throw new ProblemException(CredentialProblem.WRONG_PASSWORD);
    }
    return account;
  }

  /** As above, where no password was asked for. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Account hold(Caller caller) {
    Account account = accounts.hold(caller.id());
    if (account.isLocked() || !logins.hold(caller)) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "The session has ended");
    }
    return account;
  }
}
