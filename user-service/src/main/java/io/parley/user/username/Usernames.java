package io.parley.user.username;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.credential.Confirmations;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Changes of usernames by their owners. */
@Service
class Usernames {

  private final Accounts accounts;
  private final Confirmations confirmations;
  private final Audit audit;
  private final TransactionTemplate transaction;

  Usernames(
      Accounts accounts,
      Confirmations confirmations,
      Audit audit,
      TransactionTemplate transaction) {
    this.accounts = accounts;
    this.confirmations = confirmations;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * @throws ProblemException 403 {@code wrong-password}; 409 as {@link Accounts#changeUsername};
   *     429 {@code rate-limited}
   */
  Account change(Caller caller, ChangeUsername command) {
    confirmations.require(caller, command.password());
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Account account = accounts.changeUsername(caller.id(), command.username());
              audit.record(
                  caller.id(), "username.changed", "user", caller.id().toString(), Map.of());
              return account;
            }));
  }
}
