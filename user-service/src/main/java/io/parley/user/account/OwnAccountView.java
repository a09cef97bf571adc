package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What somebody sees of the own account. */
public record OwnAccountView(
    UserId id,
    String username,
    String displayName,
    Instant createdAt,
    @Nullable String email,
    boolean emailVerified,
    SystemRole role) {

  public static OwnAccountView of(Account account) {
    return new OwnAccountView(
        account.id(),
        account.username(),
        account.displayName(),
        account.createdAt(),
        account.email(),
        account.isEmailVerified(),
        account.role());
  }
}
