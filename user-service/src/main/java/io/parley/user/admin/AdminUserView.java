package io.parley.user.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An account as admins and moderators see it.
 *
 * @param kind user or bot
 * @param email for admins only, absent otherwise and for bots
 * @param lock present while the account is locked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AdminUserView(
    UserId id,
    String username,
    String displayName,
    String kind,
    @Nullable String email,
    boolean emailVerified,
    SystemRole role,
    Instant createdAt,
    boolean locked,
    @Nullable AccountLock lock) {

  AdminUserView withoutEmail() {
    return new AdminUserView(
        id, username, displayName, kind, null, emailVerified, role, createdAt, locked, lock);
  }

  /** As the tables have it, in upper case. */
  static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }
}
