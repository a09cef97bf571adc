package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody sees of the own account.
 *
 * @param emailUnreachableSince from when on mails to the address came back: until it is verified
 *     again, nothing else is mailed to it
 * @param locale BCP 47
 * @param timeZone IANA
 * @param avatar the tag of the picture: another one means another picture
 */
public record OwnAccountView(
    UserId id,
    String username,
    String displayName,
    Instant createdAt,
    @Nullable String email,
    boolean emailVerified,
    @Nullable Instant emailUnreachableSince,
    SystemRole role,
    @Nullable String bio,
    @Nullable String locale,
    @Nullable String timeZone,
    @Nullable String avatar) {

  public static OwnAccountView of(Account account) {
    return new OwnAccountView(
        account.id(),
        account.username(),
        account.displayName(),
        account.createdAt(),
        account.shownEmail(),
        account.isEmailVerified(),
        account.emailUnreachableAt(),
        account.role(),
        account.bio(),
        account.locale(),
        account.timeZone(),
        account.avatar());
  }
}
