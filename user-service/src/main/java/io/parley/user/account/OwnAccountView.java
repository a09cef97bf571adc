package io.parley.user.account;

import io.parley.common.ids.UserId;
import java.time.Instant;

/** What somebody sees of the own account. */
public record OwnAccountView(
    UserId id, String username, String displayName, Instant createdAt, String email) {

  public static OwnAccountView of(Account account) {
    return new OwnAccountView(
        account.id(),
        account.username(),
        account.displayName(),
        account.createdAt(),
        account.email());
  }
}
