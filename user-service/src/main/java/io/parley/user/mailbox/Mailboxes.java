package io.parley.user.mailbox;

import io.parley.common.ids.UserId;
import io.parley.user.account.Account;
import io.parley.user.account.AccountKind;
import io.parley.user.account.Accounts;
import io.parley.user.address.Address;
import io.parley.user.audit.Audit;
import io.parley.user.mail.MailRecipients;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives out addresses, one at a time, and keeps in the audit trail that it did. Only those that
 * their owners have verified and that mails reach, of accounts that are let in: others get no mail
 * of what they miss.
 */
@Service
class Mailboxes {

  /** Of those who have not chosen. */
  private static final String LOCALE = "en";

  private final Accounts accounts;
  private final MailRecipients recipients;
  private final Audit audit;

  Mailboxes(Accounts accounts, MailRecipients recipients, Audit audit) {
    this.accounts = accounts;
    this.recipients = recipients;
    this.audit = audit;
  }

  /** Empty when there is no such user, or none to write to. */
  @Transactional
  Optional<MailboxView> disclose(UserId user, MailPurpose purpose) {
    Account account = accounts.find(user).filter(Mailboxes::isReachable).orElse(null);
    String email = account == null ? null : account.email();
    if (account == null || email == null) {
      return Optional.empty();
    }
    audit.record(
        null,
        "mailbox.disclosed",
        "user",
        user.toString(),
        Map.of("purpose", purpose.name().toLowerCase(Locale.ROOT)));
    String locale = account.locale() == null ? LOCALE : account.locale();
    return Optional.of(
        new MailboxView(
            Address.wire(email),
            account.displayName(),
            locale,
            recipients.seal(account.id(), email)));
  }

  private static boolean isReachable(Account account) {
    return account.kind() == AccountKind.USER && account.mayBeMailed() && !account.isLocked();
  }
}
