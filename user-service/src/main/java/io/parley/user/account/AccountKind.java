package io.parley.user.account;

/** What is behind an account. */
public enum AccountKind {
  USER,
  /** Owned by a user; has no password and no address, only personal tokens. */
  BOT
}
