package io.parley.user.mail;

/** What happened to an account that its owner is told at once, whoever did it. */
public enum Notice {
  NEW_LOGIN("new-login", true),
  SESSION_REUSED("session-reused", true),
  PASSWORD_CHANGED("password-changed", true),
  PASSWORD_RESET("password-reset", true),
  EMAIL_CHANGE_REQUESTED("email-change-requested", true),
  /** To the address that was the account's. */
  EMAIL_CHANGED("email-changed", false),
  /** To the address that is the account's now. */
  NEW_EMAIL("new-email", true),
  /** To whose address somebody else named as their own. */
  ADDRESS_ASKED_FOR("address-asked-for", true),
  SECOND_FACTOR_ON("second-factor-on", true),
  SECOND_FACTOR_OFF("second-factor-off", true),
  RECOVERY_CODES_RENEWED("recovery-codes-renewed", true),
  RECOVERY_CODE_USED("recovery-code-used", true),
  TOKEN_CREATED("token-created", true),
  BOT_CREATED("bot-created", true),
  ACCOUNT_LOCKED("account-locked", false),
  ACCOUNT_UNLOCKED("account-unlocked", true);

  private final String template;
  private final boolean linked;

  Notice(String template, boolean linked) {
    this.template = template;
    this.linked = linked;
  }

  /** The name of the text at notification-service. */
  String template() {
    return template;
  }

  /** Whether the mail leads to the account. */
  boolean isLinked() {
    return linked;
  }
}
