package io.parley.notification;

import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;

/** What is in a mail that was caught. */
public final class MailParts {

  private MailParts() {}

  /**
   * @param type {@code text/plain} or {@code text/html}
   */
  public static String text(MimeMessage mail, String type) throws Exception {
    return text((MimeMultipart) mail.getContent(), type);
  }

  private static String text(MimeMultipart parts, String type) throws Exception {
    for (int i = 0; i < parts.getCount(); i++) {
      BodyPart part = parts.getBodyPart(i);
      if (part.getContent() instanceof MimeMultipart inner) {
        return text(inner, type);
      }
      if (part.isMimeType(type)) {
        return (String) part.getContent();
      }
    }
    throw new AssertionError("no " + type);
  }
}
