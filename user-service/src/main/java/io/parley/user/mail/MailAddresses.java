package io.parley.user.mail;

import io.parley.common.ids.UserId;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Where news may be mailed: to verified addresses that mails reach, of accounts that are open. */
@Service
class MailAddresses {

  private final Accounts accounts;
  private final MailRecipients recipients;

  MailAddresses(Accounts accounts, MailRecipients recipients) {
    this.accounts = accounts;
    this.recipients = recipients;
  }

  /** Of those of the users who may be mailed at all. */
  @Transactional(readOnly = true)
  List<MailAddressView> of(List<UserId> users) {
    return accounts.all(users).stream()
        .filter(account -> account.mayBeMailed() && !account.isLocked())
        .map(this::view)
        .toList();
  }

  private MailAddressView view(Account account) {
    String email = Objects.requireNonNull(account.email());
    return MailAddressView.of(account, email, recipients.seal(account.id(), email));
  }
}
