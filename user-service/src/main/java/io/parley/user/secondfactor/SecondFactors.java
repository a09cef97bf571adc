package io.parley.user.secondfactor;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.common.secrets.Seal;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmations;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.secret.RandomTokens;
import io.parley.user.slowdown.LoginLimits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Second factors: switched on and off by their owners, asked for at login. */
@Service
public class SecondFactors {

  private final TotpStore store;
  private final Accounts accounts;
  private final Confirmations confirmations;
  private final Notices notices;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Seal seal;
  private final TotpCodes codes = new TotpCodes();

  SecondFactors(
      TotpStore store,
      Accounts accounts,
      Confirmations confirmations,
      Notices notices,
      Audit audit,
      AccessProperties access,
      TransactionTemplate transaction,
      Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.confirmations = confirmations;
    this.notices = notices;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
    this.seal = new Seal(access.secret(), "totp");
  }

  public boolean isOn(UserId account) {
    return store.find(account.value()).map(TotpStore.Row::isOn).orElse(false);
  }

  /**
   * Takes a code of the app or a recovery code; each is good once.
   *
   * @return false for any other
   */
  public boolean take(UserId account, String code) {
    TotpStore.Row row = store.find(account.value()).orElse(null);
    if (row == null || !row.isOn()) {
      return false;
    }
    long step = codes.step(secret(account, row), TotpCodes.digits(code), clock.instant());
    if (step != TotpCodes.NO_STEP) {
      return store.takeStep(account.value(), step);
    }
    return Boolean.TRUE.equals(transaction.execute(status -> takeRecoveryCode(account, code)));
  }

  private boolean takeRecoveryCode(UserId account, String code) {
    if (!store.takeRecoveryCode(account.value(), RandomTokens.hash(TotpCodes.normalized(code)))) {
      return false;
    }
    Map<String, String> left =
        Map.of("codesLeft", String.valueOf(store.countRecoveryCodes(account.value())));
    audit.record(account, "second_factor.recovered", "user", account.toString(), left);
    tell(account, Notice.RECOVERY_CODE_USED, left);
    return true;
  }

  private void tell(UserId account, Notice notice, Map<String, String> facts) {
    notices.tell(accounts.get(account), notice, Client.current(), facts);
  }

  TotpState state(Caller caller) {
    return new TotpState(isOn(caller.id()), store.countRecoveryCodes(caller.id().value()));
  }

  /**
   * The first step: a secret for the app. Nothing is asked for at login until {@link #confirm}.
   *
   * @throws ProblemException 403 {@code wrong-password}, {@code email-unverified}: whoever
   *     registered with somebody else's address must not be able to keep its owner out; 409 {@code
   *     second-factor-on}
   */
  TotpSecret begin(Caller caller, String password) {
    confirmations.require(caller, password);
    Account account = accounts.get(caller.id());
    if (!account.isEmailVerified()) {
      throw new ProblemException(SecondFactorProblem.EMAIL_UNVERIFIED);
    }
    String secret = codes.newSecret();
    String sealed = seal.sealText(secret, caller.id().toString());
    if (!store.begin(caller.id().value(), sealed)) {
      throw new ProblemException(SecondFactorProblem.SECOND_FACTOR_ON);
    }
    return new TotpSecret(secret, TotpCodes.uri(account.username(), secret));
  }

  /**
   * The second step: the app has the secret.
   *
   * @return the recovery codes, which nobody will see again
   * @throws ProblemException 403 {@code code-invalid}; 409 {@code second-factor-on}, {@code
   *     second-factor-off} when it was not begun
   */
  RecoveryCodes confirm(Caller caller, String code) {
    TotpStore.Row row =
        store
            .find(caller.id().value())
            .orElseThrow(() -> new ProblemException(SecondFactorProblem.SECOND_FACTOR_OFF));
    if (row.isOn()) {
      throw new ProblemException(SecondFactorProblem.SECOND_FACTOR_ON);
    }
    long step = codes.step(secret(caller.id(), row), TotpCodes.digits(code), clock.instant());
    if (step == TotpCodes.NO_STEP) {
      throw new ProblemException(SecondFactorProblem.CODE_INVALID);
    }
    return transaction.execute(
        status -> {
          if (!store.confirm(caller.id().value(), row.sealed(), step, clock.instant())) {
            throw new ProblemException(SecondFactorProblem.SECOND_FACTOR_ON);
          }
          audit.record(
              caller.id(), "second_factor.enabled", "user", caller.id().toString(), Map.of());
          tell(caller.id(), Notice.SECOND_FACTOR_ON, Map.of());
          return newRecoveryCodes(caller);
        });
  }

  /**
   * @throws ProblemException 403 {@code wrong-password}, {@code code-invalid}; 409 {@code
   *     second-factor-off}; 429 {@code rate-limited}
   */
  RecoveryCodes renewRecoveryCodes(Caller caller, String password, String code) {
    requireBoth(caller, password, code);
    return transaction.execute(
        status -> {
          audit.record(
              caller.id(), "second_factor.codes_renewed", "user", caller.id().toString(), Map.of());
          tell(caller.id(), Notice.RECOVERY_CODES_RENEWED, Map.of());
          return newRecoveryCodes(caller);
        });
  }

  /** As {@link #renewRecoveryCodes}. */
  void disable(Caller caller, String password, String code) {
    requireBoth(caller, password, code);
    transaction.executeWithoutResult(
        status -> {
          store.delete(caller.id().value());
          audit.record(
              caller.id(), "second_factor.disabled", "user", caller.id().toString(), Map.of());
          tell(caller.id(), Notice.SECOND_FACTOR_OFF, Map.of());
        });
  }

  private void requireBoth(Caller caller, String password, String code) {
    LoginLimits.Attempt attempt = confirmations.begin(caller, password);
    if (!isOn(caller.id())) {
      throw new ProblemException(SecondFactorProblem.SECOND_FACTOR_OFF);
    }
    if (!take(caller.id(), code)) {
      throw new ProblemException(SecondFactorProblem.CODE_INVALID);
    }
    attempt.succeeded();
  }

  private RecoveryCodes newRecoveryCodes(Caller caller) {
    List<String> made = codes.newRecoveryCodes();
    store.replaceRecoveryCodes(
        caller.id().value(),
        made.stream().map(TotpCodes::normalized).map(RandomTokens::hash).toList());
    return new RecoveryCodes(made);
  }

  private String secret(UserId account, TotpStore.Row row) {
    return seal.openText(row.sealed(), account.toString());
  }
}
