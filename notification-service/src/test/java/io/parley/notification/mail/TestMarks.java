package io.parley.notification.mail;

import io.parley.common.access.AccessProperties;
import java.util.UUID;

/** Makes the marks of mails, as the service does when it sends them. */
public final class TestMarks {

  private TestMarks() {}

  public static MailMarks of(AccessProperties access) {
    return new MailMarks(access);
  }

  public static String of(MailMarks marks, UUID mail) {
    return marks.of(mail);
  }
}
