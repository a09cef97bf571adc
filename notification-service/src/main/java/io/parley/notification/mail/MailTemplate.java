package io.parley.notification.mail;

import static io.parley.notification.mail.MailFact.ADDRESS;
import static io.parley.notification.mail.MailFact.BOT;
import static io.parley.notification.mail.MailFact.CODES_LEFT;
import static io.parley.notification.mail.MailFact.DEVICE;
import static io.parley.notification.mail.MailFact.NAME;
import static io.parley.notification.mail.MailFact.SCOPES;
import static io.parley.notification.mail.MailFact.UNTIL;
import static io.parley.notification.mail.MailFact.WHEN;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every mail that there is. Its texts are {@code mail/<language>/<name>.txt}. */
enum MailTemplate {
  VERIFY_EMAIL("verify-email", Button.NEEDED),
  RESET_PASSWORD("reset-password", Button.NEEDED, WHEN, ADDRESS),
  EMAIL_CHANGE_REQUESTED("email-change-requested", Button.USUAL, WHEN, DEVICE, ADDRESS),
  EMAIL_CHANGED("email-changed", Button.NONE, WHEN, DEVICE, ADDRESS),
  NEW_EMAIL("new-email", Button.USUAL, WHEN, DEVICE, ADDRESS),
  ADDRESS_ASKED_FOR("address-asked-for", Button.USUAL, WHEN, DEVICE, ADDRESS),
  PASSWORD_CHANGED("password-changed", Button.USUAL, WHEN, DEVICE, ADDRESS),
  PASSWORD_RESET("password-reset", Button.USUAL, WHEN, DEVICE, ADDRESS),
  NEW_LOGIN("new-login", Button.USUAL, WHEN, DEVICE, ADDRESS),
  SESSION_REUSED("session-reused", Button.USUAL, WHEN, DEVICE, ADDRESS),
  ACCOUNT_LOCKED("account-locked", Button.NONE, WHEN, UNTIL),
  ACCOUNT_UNLOCKED("account-unlocked", Button.USUAL, WHEN),
  SECOND_FACTOR_ON("second-factor-on", Button.USUAL, WHEN, DEVICE, ADDRESS),
  SECOND_FACTOR_OFF("second-factor-off", Button.USUAL, WHEN, DEVICE, ADDRESS),
  RECOVERY_CODES_RENEWED("recovery-codes-renewed", Button.USUAL, WHEN, DEVICE, ADDRESS),
  RECOVERY_CODE_USED("recovery-code-used", Button.USUAL, WHEN, DEVICE, ADDRESS, CODES_LEFT),
  TOKEN_CREATED("token-created", Button.USUAL, WHEN, NAME, BOT, SCOPES, UNTIL, DEVICE, ADDRESS),
  BOT_CREATED("bot-created", Button.USUAL, WHEN, NAME, DEVICE, ADDRESS),
  /** Written by this service itself: {@link LateMail}. */
  DIGEST("digest", Button.NEEDED);

  /** Whether the text has one, with the value {@code link}. */
  enum Button {
    /** Without the link the mail is worth nothing. */
    NEEDED,
    /** Left out where no link is given. */
    USUAL,
    NONE
  }

  private final String templateName;
  private final Button button;

  @SuppressWarnings("ImmutableEnumChecker") // List.of.
  private final List<MailFact> facts;

  MailTemplate(String templateName, Button button, MailFact... facts) {
    this.templateName = templateName;
    this.button = button;
    this.facts = List.of(facts);
  }

  String templateName() {
    return templateName;
  }

  Button button() {
    return button;
  }

  /** Whether the text lists conversations, and has a link that ends such mails. */
  boolean isDigest() {
    return this == DIGEST;
  }

  /** In the order in which they are shown; those without a value are left out. */
  List<MailFact> facts() {
    return facts;
  }

  /** Null when there is none of that name. */
  static @Nullable MailTemplate of(String name) {
    for (MailTemplate template : values()) {
      if (template.templateName.equals(name)) {
        return template;
      }
    }
    return null;
  }
}
