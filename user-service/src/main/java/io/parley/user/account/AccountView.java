package io.parley.user.account;

import io.parley.common.ids.UserId;
import java.time.Instant;

/** What everybody may see of an account. */
record AccountView(UserId id, String username, String displayName, Instant createdAt) {

  static AccountView of(Account account) {
    return new AccountView(
        account.id(), account.username(), account.displayName(), account.createdAt());
  }
}
