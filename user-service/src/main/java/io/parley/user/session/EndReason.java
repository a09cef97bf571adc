package io.parley.user.session;

import java.util.Locale;

/** Why sessions end, for the audit trail. */
public enum EndReason {
  LOGGED_OUT,
  REVOKED,
  REFRESH_TOKEN_REUSED,
  PASSWORD_CHANGED,
  PASSWORD_RESET,
  /** By an admin, for the sessions alone. */
  ENDED_BY_ADMIN,
  ROLE_CHANGED,
  LOCKED,
  ERASED;

  String value() {
    return name().toLowerCase(Locale.ROOT);
  }
}
