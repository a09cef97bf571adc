package io.parley.user.bounce;

import io.parley.common.events.MailBounced;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.mail.MailRecipients;
import io.parley.user.mail.MailRecipients.Recipient;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Mails that came back. A hard bounce, or some soft ones, make an address one that mails do not
 * reach, until its owner verifies it again. What was sent before it was verified last, or to an
 * address that is not the account's any more, says nothing of it.
 */
@Service
class Bounces {

  private static final Logger log = LoggerFactory.getLogger(Bounces.class);

  private final BounceStore store;
  private final Accounts accounts;
  private final MailRecipients recipients;
  private final Audit audit;
  private final BounceProperties properties;
  private final Clock clock;

  Bounces(
      BounceStore store,
      Accounts accounts,
      MailRecipients recipients,
      Audit audit,
      BounceProperties properties,
      Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.recipients = recipients;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /** Repeats change nothing. */
  @Transactional
  void bounced(MailBounced bounce) {
    Recipient recipient = recipients.open(bounce.recipient()).orElse(null);
    if (recipient == null) {
      log.warn("mail {} has bounced, of a recipient that can not be read", bounce.mailId());
      return;
    }
    if (accounts.find(recipient.account()).isEmpty()) {
      return;
    }
    Account account = accounts.hold(recipient.account());
    if (!recipient.isOf(account)) {
      return;
    }
    boolean hard = bounce.kind() == MailBounced.Kind.HARD;
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant since = now.minus(properties.within());
    store.forget(account.id(), since);
    if (!store.add(bounce.mailId(), account.id(), hard, now)) {
      return;
    }
    Instant verified = account.emailVerifiedAt();
    Instant counted = verified != null && verified.isAfter(since) ? verified : since;
    if (account.isEmailReachable()
        && (hard || store.count(account.id(), counted) >= properties.maxSoft())) {
      accounts.setUnreachable(account.id(), now);
      audit.record(
          null,
          "email.unreachable",
          "user",
          account.id().toString(),
          Map.of("status", bounce.status(), "mail", bounce.mailId().toString()));
    }
  }
}
