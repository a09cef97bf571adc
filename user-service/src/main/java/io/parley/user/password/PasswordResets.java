package io.parley.user.password;

import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.FirstAdmins;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Credentials;
import io.parley.user.email.EmailAddresses;
import io.parley.user.email.EmailProblem;
import io.parley.user.mail.MailTokens;
import io.parley.user.mail.MailTokens.Purpose;
import io.parley.user.mail.Mails;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.session.EndReason;
import io.parley.user.session.Sessions;
import io.parley.user.slowdown.KnownDevices;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * New passwords by mail. Who asks is answered before anything is looked up, so that neither the
 * answer nor its time tells whether there is an account. The second factor stays: a mailbox is not
 * one.
 */
@Service
class PasswordResets implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(PasswordResets.class);

  private static final String PAGE = "reset-password";
  private static final int MAX_WAITING = 1000;
  private static final int STOP_SECONDS = 5;

  private final Accounts accounts;
  private final Credentials credentials;
  private final MailTokens tokens;
  private final Mails mails;
  private final Notices notices;
  private final Sessions sessions;
  private final PersonalAccessTokens personalTokens;
  private final KnownDevices devices;
  private final EmailAddresses addresses;
  private final FirstAdmins firstAdmins;
  private final Audit audit;
  private final ResetProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final ThreadPoolExecutor afterwards =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().name("password-resets").daemon().factory());

  PasswordResets(
      Accounts accounts,
      Credentials credentials,
      MailTokens tokens,
      Mails mails,
      Notices notices,
      Sessions sessions,
      PersonalAccessTokens personalTokens,
      KnownDevices devices,
      EmailAddresses addresses,
      FirstAdmins firstAdmins,
      Audit audit,
      ResetProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.accounts = accounts;
    this.credentials = credentials;
    this.tokens = tokens;
    this.mails = mails;
    this.notices = notices;
    this.sessions = sessions;
    this.personalTokens = personalTokens;
    this.devices = devices;
    this.addresses = addresses;
    this.firstAdmins = firstAdmins;
    this.audit = audit;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Sends a link, if there is an account with this address; afterwards, on a thread of its own. */
  void forgot(String email) {
    Client client = Client.current();
    try {
      afterwards.execute(() -> sendLink(email, client));
    } catch (RejectedExecutionException e) {
      log.error("a password reset was asked for and dropped: {} wait", MAX_WAITING);
    }
  }

  private void sendLink(String email, @Nullable Client client) {
    try {
      accounts
          .findByEmail(email)
          .filter(account -> !account.isLocked())
          .ifPresent(account -> sendLink(account, client));
    } catch (RuntimeException e) {
      log.warn("a password reset was asked for, and no mail can be sent: {}", e.toString());
    }
  }

  /** Over the limit the link that was sent last stays good: nobody can make it void by asking. */
  private void sendLink(Account account, @Nullable Client client) {
    addresses.limitLinks(account, PAGE);
    transaction.executeWithoutResult(
        status -> {
          String email = Objects.requireNonNull(account.email());
          String token =
              tokens.make(account.id(), Purpose.RESET, email, null, properties.linkLife());
          Map<String, String> values = new HashMap<>();
          values.put("link", mails.link(PAGE, token));
          values.put("when", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
          if (client != null) {
            values.put("address", client.address());
          }
          mails.send(account, email, PAGE, values, properties.linkLife());
          audit.record(null, "password.reset_requested", "user", account.id().toString(), Map.of());
        });
  }

  /**
   * Ends all sessions, revokes all personal tokens and forgets all devices: whoever took the
   * account over is out.
   *
   * @throws ProblemException 400 {@code link-invalid}, {@code weak-password}, which leaves the link
   *     good
   */
  PasswordReset reset(ResetPassword command) {
    MailTokens.Sent sent =
        tokens.find(command.token(), Purpose.RESET).orElseThrow(PasswordResets::invalid);
    Account account = accounts.get(sent.account());
    // Before the transaction: a hash must not hold a connection.
    String hash = credentials.hash(command.newPassword(), account);
    return Objects.requireNonNull(
        transaction.execute(status -> reset(command.token(), account, hash)));
  }

  private PasswordReset reset(String token, Account account, String hash) {
    // Whoever logs in or acts by the old password just now comes before all of this, or after.
    accounts.hold(account.id());
    // Of two at once one gets it.
    MailTokens.Sent sent = tokens.take(token, Purpose.RESET).orElseThrow(PasswordResets::invalid);
    credentials.set(account.id(), hash);
    if (!account.mayBeMailed()) {
      // Who follows this link reads mail at the address.
      accounts.confirmEmail(account.id(), sent.email());
      tokens.forget(account.id(), Purpose.VERIFY);
    }
    // An address that was asked for goes with the session that did.
    sessions.endAll(account.id(), null, EndReason.PASSWORD_RESET);
    personalTokens.revokeAll(account.id(), null);
    devices.forgetAll(account.id());
    notices.tell(accounts.get(account.id()), Notice.PASSWORD_RESET, Client.current(), Map.of());
    audit.record(account.id(), "password.reset", "user", account.id().toString(), Map.of());
    firstAdmins.proven(account.id());
    return new PasswordReset(devices.add(account.id()));
  }

  private static ProblemException invalid() {
    return new ProblemException(EmailProblem.LINK_INVALID);
  }

  @Override
  public void destroy() throws InterruptedException {
    afterwards.shutdown();
    if (!afterwards.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
      log.warn("{} password resets were not sent", afterwards.getQueue().size());
    }
  }
}
