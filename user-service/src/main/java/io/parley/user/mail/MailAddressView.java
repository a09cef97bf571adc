package io.parley.user.mail;

import io.parley.common.ids.UserId;
import io.parley.user.account.Account;
import org.jspecify.annotations.Nullable;

/**
 * Where another service may mail somebody news.
 *
 * @param locale BCP 47
 * @param timeZone IANA
 * @param recipient goes along with the mail, for when it bounces
 */
record MailAddressView(
    UserId id,
    String email,
    String displayName,
    @Nullable String locale,
    @Nullable String timeZone,
    String recipient) {

  static MailAddressView of(Account account, String email, String recipient) {
    return new MailAddressView(
        account.id(),
        email,
        account.displayName(),
        account.locale(),
        account.timeZone(),
        recipient);
  }
}
