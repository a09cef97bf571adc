package io.parley.user.session;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.LoginName;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Credentials;
import io.parley.user.email.EmailAddresses;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.secondfactor.SecondFactorProblem;
import io.parley.user.secondfactor.SecondFactors;
import io.parley.user.slowdown.KnownDevices;
import io.parley.user.slowdown.LoginLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets people in: who is new, and who knows the password and has the second factor. */
@Service
class Logins {

  private final Accounts accounts;
  private final Credentials credentials;
  private final SecondFactors secondFactors;
  private final LoginLimits limits;
  private final KnownDevices devices;
  private final EmailAddresses emails;
  private final Notices notices;
  private final Sessions sessions;
  private final Audit audit;
  private final TransactionTemplate transaction;

  Logins(
      Accounts accounts,
      Credentials credentials,
      SecondFactors secondFactors,
      LoginLimits limits,
      KnownDevices devices,
      EmailAddresses emails,
      Notices notices,
      Sessions sessions,
      Audit audit,
      TransactionTemplate transaction) {
    this.accounts = accounts;
    this.credentials = credentials;
    this.secondFactors = secondFactors;
    this.limits = limits;
    this.devices = devices;
    this.emails = emails;
    this.notices = notices;
    this.sessions = sessions;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Makes an account, sends a mail to verify its address, and logs it in. */
  SignedIn register(Register command, Client client) {
    // Before the transaction: a hash must not hold a connection.
    String hash =
        credentials.hash(
            command.password(), command.username(), command.email(), command.displayName());
    return in(
        () -> {
          Account account =
              accounts.register(command.username(), command.email(), command.displayName());
          credentials.set(account.id(), hash);
          emails.registered(account);
          audit.record(
              account.id(), "account.registered", "user", account.id().toString(), Map.of());
          return new Opened(sessions.open(account, client), devices.add(account.id()));
        });
  }

  /**
   * All that is done before the password was found right is done for unknown names too, so that
   * neither the answer nor its time tells who has an account.
   *
   * @throws ProblemException 401 {@code bad-credentials}, {@code second-factor-required}, {@code
   *     second-factor-invalid}; 403 {@code account-locked}; 429 {@code rate-limited}
   */
  SignedIn logIn(LogIn command, Client client) {
    LoginName login = LoginName.of(command.login());
    Account account = accounts.findByLogin(login).orElse(null);
    UserId id = account == null ? null : account.id();
    UUID device = devices.find(id, command.deviceToken());
    LoginLimits.Attempt attempt = limits.logIn(id, login.key(), client.address(), device);
    if (!credentials.matches(id, command.password()) || account == null) {
      throw failed(id, client, SessionProblem.BAD_CREDENTIALS);
    }
    if (account.isLocked()) {
      throw failed(id, client, SessionProblem.ACCOUNT_LOCKED);
    }
    boolean second = secondFactors.isOn(account.id());
    if (second) {
      requireSecondFactor(account.id(), command.code(), client);
    }
    // Only now: else a known password would give back the tries at the code.
    attempt.succeeded();
    credentials.refresh(account.id(), command.password());
    return in(() -> open(account.id(), client, device, command.deviceToken(), second));
  }

  private void requireSecondFactor(UserId id, @Nullable String code, Client client) {
    if (code == null) {
      throw new ProblemException(SecondFactorProblem.SECOND_FACTOR_REQUIRED);
    }
    if (!secondFactors.take(id, code)) {
      throw failed(id, client, SecondFactorProblem.SECOND_FACTOR_INVALID);
    }
  }

  private Opened open(
      UserId id,
      Client client,
      @Nullable UUID device,
      @Nullable String deviceToken,
      boolean second) {
    Account account = accounts.get(id);
    Sessions.Grant grant = sessions.open(account, client);
    audit.record(
        id,
        "login.succeeded",
        "session",
        grant.sessionId().toString(),
        Map.of("device", client.device(), "secondFactor", String.valueOf(second)));
    if (device != null) {
      devices.used(device);
      return new Opened(grant, Objects.requireNonNull(deviceToken));
    }
    notices.tell(account, Notice.NEW_LOGIN, client, Map.of());
    return new Opened(grant, devices.add(id));
  }

  /** What was typed as the login is not kept: people type passwords there. */
  private ProblemException failed(@Nullable UserId id, Client client, ProblemType problem) {
    Map<String, String> details = new HashMap<>();
    details.put("reason", problem.slug());
    details.put("device", client.device());
    audit.record(null, "login.failed", "user", id == null ? null : id.toString(), details);
    return new ProblemException(problem);
  }

  private SignedIn in(Supplier<Opened> opening) {
    Opened opened = Objects.requireNonNull(transaction.execute(status -> opening.get()));
    return sessions.signedIn(opened.grant()).with(opened.deviceToken());
  }

  private record Opened(Sessions.Grant grant, String deviceToken) {}
}
