package io.parley.user.email;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.AccountProblem;
import io.parley.user.account.Accounts;
import io.parley.user.account.FirstAdmins;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmation;
import io.parley.user.credential.Confirmations;
import io.parley.user.mail.MailTokens;
import io.parley.user.mail.MailTokens.Purpose;
import io.parley.user.mail.Mails;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.slowdown.LoginLimits;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Addresses of accounts. One counts once somebody has followed a link that was sent there. */
@Service
public class EmailAddresses {

  private static final String PAGE = "verify-email";

  private final Accounts accounts;
  private final MailTokens tokens;
  private final Mails mails;
  private final Notices notices;
  private final Confirmations confirmations;
  private final LoginLimits limits;
  private final FirstAdmins firstAdmins;
  private final Audit audit;
  private final EmailProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;

  EmailAddresses(
      Accounts accounts,
      MailTokens tokens,
      Mails mails,
      Notices notices,
      Confirmations confirmations,
      LoginLimits limits,
      FirstAdmins firstAdmins,
      Audit audit,
      EmailProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.mails = mails;
    this.notices = notices;
    this.confirmations = confirmations;
    this.limits = limits;
    this.firstAdmins = firstAdmins;
    this.audit = audit;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Sends the link to an account that is new. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void registered(Account account) {
    sendLink(account, Objects.requireNonNull(account.email()));
  }

  /**
   * Sends the link again: to the address that is to become the account's, if there is one.
   *
   * @throws ProblemException 409 {@code email-verified}; 429 {@code rate-limited}
   */
  void resend(Caller caller) {
    Account asking = accounts.get(caller.id());
    String to = tokens.pendingEmail(caller.id(), Purpose.VERIFY).orElse(asking.email());
    limitLinks(asking, PAGE);
    if (to == null || (asking.mayBeMailed() && to.equals(asking.email()))) {
      throw new ProblemException(EmailProblem.EMAIL_VERIFIED);
    }
    if (!to.equalsIgnoreCase(asking.email())) {
      limits.mailTo(to);
    }
    transaction.executeWithoutResult(status -> sendLink(accounts.get(caller.id()), to));
  }

  /**
   * Counts a mail with a link to the account's address. Whoever asks for it may be a stranger: to
   * an address that was not verified in time, or that mails come back from, it is a few a day.
   *
   * @param page that the link leads to
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void limitLinks(Account account, String page) {
    boolean inTime = account.createdAt().plus(properties.linkLife()).isAfter(clock.instant());
    if (!account.isEmailReachable() || !(account.isEmailVerified() || inTime)) {
      limits.unprovenMail(account.id());
    }
    limits.mail(account.id(), page);
  }

  /**
   * Sends a link to a new address. The account keeps the old one, which is told, until the link is
   * followed.
   *
   * @throws ProblemException 403 {@code wrong-password}; 409 {@code email-taken}; 429 {@code
   *     rate-limited}
   */
  void change(Caller caller, ChangeEmail command) {
    Confirmation confirmation = confirmations.require(caller, command.password());
    limits.mail(caller.id(), PAGE);
    limits.mailTo(command.email());
    transaction.executeWithoutResult(
        status -> {
          Account account = confirmations.hold(confirmation);
          if (accounts
              .findByEmail(command.email())
              .filter(other -> !other.id().equals(caller.id()))
              .isPresent()) {
            throw new ProblemException(AccountProblem.EMAIL_TAKEN);
          }
          sendLink(account, command.email());
          if (!command.email().equalsIgnoreCase(account.email())) {
            notices.tell(account, Notice.EMAIL_CHANGE_REQUESTED, Client.current(), Map.of());
          }
          audit.record(
              caller.id(), "email.change_requested", "user", caller.id().toString(), Map.of());
        });
  }

  /**
   * The link was followed: from now on the address is the account's. Who had another before is told
   * there.
   *
   * @throws ProblemException 400 {@code link-invalid}; 409 {@code email-taken}
   */
  void verify(String token) {
    transaction.executeWithoutResult(
        status -> {
          MailTokens.Sent sent =
              tokens
                  .take(token, Purpose.VERIFY)
                  .orElseThrow(() -> new ProblemException(EmailProblem.LINK_INVALID));
          Account before = accounts.get(sent.account());
          boolean changed = !sent.email().equalsIgnoreCase(before.email());
          if (changed) {
            notices.tell(before, Notice.EMAIL_CHANGED, Client.current(), Map.of());
            // A link to the old address must not open the account any more.
            tokens.forget(sent.account(), Purpose.RESET);
          }
          Account after = accounts.confirmEmail(sent.account(), sent.email());
          if (changed) {
            notices.tell(after, Notice.NEW_EMAIL, Client.current(), Map.of());
          }
          audit.record(
              sent.account(),
              changed ? "email.changed" : "email.verified",
              "user",
              sent.account().toString(),
              Map.of());
        });
    firstAdmins.promote();
  }

  private void sendLink(Account account, String email) {
    String token = tokens.make(account.id(), Purpose.VERIFY, email, properties.linkLife());
    mails.send(
        account,
        email,
        "verify-email",
        Map.of("link", mails.link(PAGE, token)),
        properties.linkLife());
  }
}
