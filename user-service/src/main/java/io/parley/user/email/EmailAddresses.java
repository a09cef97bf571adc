package io.parley.user.email;

import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.FirstAdmins;
import io.parley.user.address.Address;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmation;
import io.parley.user.credential.Confirmations;
import io.parley.user.credential.CredentialProblem;
import io.parley.user.credential.Credentials;
import io.parley.user.mail.MailTokens;
import io.parley.user.mail.MailTokens.Purpose;
import io.parley.user.mail.Mails;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.secondfactor.SecondFactors;
import io.parley.user.slowdown.LoginLimits;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Addresses of accounts. One counts once somebody has followed a link that was sent there. */
@Service
public class EmailAddresses {

  private static final String PAGE = "verify-email";
  private static final String CANCEL_PAGE = "keep-email";

  private final Accounts accounts;
  private final MailTokens tokens;
  private final CancelTokens cancelTokens;
  private final Mails mails;
  private final Notices notices;
  private final Credentials credentials;
  private final SecondFactors secondFactors;
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
      CancelTokens cancelTokens,
      Mails mails,
      Notices notices,
      Credentials credentials,
      SecondFactors secondFactors,
      Confirmations confirmations,
      LoginLimits limits,
      FirstAdmins firstAdmins,
      Audit audit,
      EmailProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.cancelTokens = cancelTokens;
    this.mails = mails;
    this.notices = notices;
    this.credentials = credentials;
    this.secondFactors = secondFactors;
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
    sendLink(account, Objects.requireNonNull(account.shownEmail()), null);
  }

  /**
   * Sends the link again: to the address that the session asked for, if it did.
   *
   * @throws ProblemException 409 {@code email-verified}; 429 {@code rate-limited}
   */
  void resend(Caller caller) {
    Account asking = accounts.get(caller.id());
    UUID session = sessionOf(caller);
    String to =
        tokens.pendingEmail(caller.id(), Purpose.VERIFY, session).orElse(asking.shownEmail());
    limitLinks(asking, PAGE);
    if (to == null || (asking.mayBeMailed() && to.equals(asking.email()))) {
      throw new ProblemException(EmailProblem.EMAIL_VERIFIED);
    }
    boolean another = !Address.same(to, asking.shownEmail());
    if (another || !asking.isEmailVerified()) {
      limits.mailTo(to);
    }
    transaction.executeWithoutResult(
        status -> sendLink(confirmations.hold(caller), to, another ? session : null));
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
   * Sends a link to a new address, which is good while the session lasts that asks for it. The
   * account keeps the old one until the link is followed; there a link is sent that cancels it.
   *
   * @throws ProblemException 403 {@code wrong-password}, {@code code-required}, {@code
   *     code-invalid}; 409 {@code email-taken}; 429 {@code rate-limited}
   */
  void change(Caller caller, ChangeEmail command) {
    Confirmation confirmation = secondFactors.require(caller, command.password(), command.code());
    limits.mail(caller.id(), PAGE);
    limits.mailTo(command.email());
    transaction.executeWithoutResult(
        status -> {
          Account account = confirmations.hold(confirmation);
          boolean another = !Address.same(command.email(), account.shownEmail());
          sendLink(account, command.email(), another ? sessionOf(caller) : null);
          if (another && account.email() != null) {
            notices.tell(
                account,
                Notice.EMAIL_CHANGE_REQUESTED,
                Client.current(),
                Map.of("link", mails.link(CANCEL_PAGE, cancelTokens.of(account))));
          }
          audit.record(
              caller.id(), "email.change_requested", "user", caller.id().toString(), Map.of());
        });
  }

  /**
   * The link was followed: from now on the address is the account's. Who had another before is told
   * there.
   *
   * <p>An address that makes the first admin takes the password besides: somebody else may have
   * registered with it, and its owner only followed a link.
   *
   * @throws ProblemException 400 {@code link-invalid}; 403 {@code password-required}, {@code
   *     wrong-password}; 409 {@code email-taken}; 429 {@code rate-limited}
   */
  void verify(String token, @Nullable String password) {
    MailTokens.Sent asked = tokens.find(token, Purpose.VERIFY).orElseThrow(EmailAddresses::invalid);
    Credentials.Proof proof =
        firstAdmins.awaits(asked.email()) ? prove(asked.account(), password) : null;
    transaction.executeWithoutResult(
        status -> {
          // Held before the link is taken, as by whoever makes it void.
          Account before = accounts.hold(asked.account());
          if (proof != null && !credentials.holds(proof)) {
            throw new ProblemException(EmailProblem.PASSWORD_REQUIRED);
          }
          MailTokens.Sent sent =
              tokens.take(token, Purpose.VERIFY).orElseThrow(EmailAddresses::invalid);
          boolean changed = !Address.same(sent.email(), before.shownEmail());
          if (changed) {
            if (sent.session() == null) {
              // Of a release that did not say who asked.
              throw invalid();
            }
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
          if (proof != null) {
            firstAdmins.proven(sent.account());
          }
        });
  }

  private Credentials.Proof prove(UserId account, @Nullable String password) {
    if (password == null) {
      throw new ProblemException(EmailProblem.PASSWORD_REQUIRED);
    }
    LoginLimits.Attempt attempt = limits.confirm(account, PAGE);
    Credentials.Proof proof = credentials.prove(account, password, true);
    if (proof == null) {
      audit.record(null, "password.refused", "user", account.toString(), Map.of());
      throw new ProblemException(CredentialProblem.WRONG_PASSWORD);
    }
    attempt.succeeded();
    return proof;
  }

  /**
   * Takes back the address that was asked for, if one was: whoever reads mail at the old one says
   * so. The link of any request of the last day does it.
   *
   * @throws ProblemException 400 {@code link-invalid}
   */
  void cancel(String token) {
    transaction.executeWithoutResult(
        status -> {
          CancelTokens.Sent sent = cancelTokens.open(token).orElseThrow(EmailAddresses::invalid);
          Account account =
              accounts
                  .find(sent.account())
                  .map(found -> accounts.hold(found.id()))
                  .orElseThrow(EmailAddresses::invalid);
          if (!Address.same(sent.email(), account.email())) {
            throw invalid();
          }
          if (tokens.forgetOfSessions(account.id()) > 0) {
            audit.record(null, "email.change_cancelled", "user", account.id().toString(), Map.of());
          }
        });
  }

  private static ProblemException invalid() {
    return new ProblemException(EmailProblem.LINK_INVALID);
  }

  private static UUID sessionOf(Caller caller) {
    return UUID.fromString(caller.sessionId());
  }

  /**
   * To an address that is another account's, and verified, goes a word to that account's owner
   * instead: whoever asked is answered as always, and learns nothing.
   *
   * @param session that asks for another address; null for the address that the account has
   */
  private void sendLink(Account account, String email, @Nullable UUID session) {
    // Made in any case: asked for again, it is there, or not, as always.
    String token = tokens.make(account.id(), Purpose.VERIFY, email, session, properties.linkLife());
    Account holder =
        accounts
            .findByEmail(email)
            .filter(other -> other.isEmailVerified() && !other.id().equals(account.id()))
            .orElse(null);
    if (holder != null) {
      notices.tell(holder, Notice.ADDRESS_ASKED_FOR, Client.current(), Map.of());
      return;
    }
    mails.send(
        account,
        email,
        "verify-email",
        Map.of("link", mails.link(PAGE, token)),
        properties.linkLife());
  }
}
