package io.parley.notification.mail;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every mail that there is. Its texts are {@code mail/<language>/<name>.txt}. */
enum MailTemplate {
  VERIFY_EMAIL("verify-email", Set.of("displayName", "link")),
  RESET_PASSWORD("reset-password", Set.of("displayName", "link")),
  EMAIL_CHANGED("email-changed", Set.of("displayName")),
  PASSWORD_CHANGED("password-changed", Set.of("displayName")),
  NEW_LOGIN("new-login", Set.of("displayName", "device", "address")),
  ACCOUNT_LOCKED("account-locked", Set.of("displayName"));

  private final String templateName;
  private final Set<String> gaps;

  MailTemplate(String templateName, Set<String> gaps) {
    this.templateName = templateName;
    this.gaps = gaps;
  }

  String templateName() {
    return templateName;
  }

  /** What its texts have gaps for. */
  Set<String> gaps() {
    return gaps;
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
