package io.parley.user.password;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmation;
import io.parley.user.credential.Confirmations;
import io.parley.user.credential.Credentials;
import io.parley.user.mail.MailTokens;
import io.parley.user.mail.MailTokens.Purpose;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.secondfactor.SecondFactors;
import io.parley.user.session.EndReason;
import io.parley.user.session.Sessions;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Changes of a password by somebody who knows it. */
@Service
class PasswordChanges {

  private final Accounts accounts;
  private final Credentials credentials;
  private final SecondFactors secondFactors;
  private final Confirmations confirmations;
  private final Sessions sessions;
  private final PersonalAccessTokens personalTokens;
  private final MailTokens tokens;
  private final Notices notices;
  private final Audit audit;
  private final TransactionTemplate transaction;

  PasswordChanges(
      Accounts accounts,
      Credentials credentials,
      SecondFactors secondFactors,
      Confirmations confirmations,
      Sessions sessions,
      PersonalAccessTokens personalTokens,
      MailTokens tokens,
      Notices notices,
      Audit audit,
      TransactionTemplate transaction) {
    this.accounts = accounts;
    this.credentials = credentials;
    this.secondFactors = secondFactors;
    this.confirmations = confirmations;
    this.sessions = sessions;
    this.personalTokens = personalTokens;
    this.tokens = tokens;
    this.notices = notices;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * Ends all other sessions. An address that was asked for is not to be the account's any more:
   * whoever knew the old password may have asked.
   *
   * @throws ProblemException 400 {@code weak-password}; 403 {@code wrong-password}; 429 {@code
   *     rate-limited}
   */
  void change(Caller caller, ChangePassword command) {
    Confirmation confirmation = secondFactors.requirePassword(caller, command.currentPassword());
    // Before the transaction: a hash must not hold a connection.
    String hash = credentials.hash(command.newPassword(), accounts.get(caller.id()));
    transaction.executeWithoutResult(
        status -> {
          Account account = confirmations.hold(confirmation);
          credentials.set(caller.id(), hash);
          tokens.forget(caller.id(), Purpose.RESET);
          tokens.forgetOfSessions(caller.id());
          sessions.endAllBut(
              caller.id(), caller.sessionId(), caller.id(), EndReason.PASSWORD_CHANGED);
          if (Boolean.TRUE.equals(command.revokeTokens())) {
            personalTokens.revokeAll(caller.id(), caller.id());
          }
          notices.tell(account, Notice.PASSWORD_CHANGED, Client.current(), Map.of());
          audit.record(caller.id(), "password.changed", "user", caller.id().toString(), Map.of());
        });
  }
}
