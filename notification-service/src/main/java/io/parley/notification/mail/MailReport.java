package io.parley.notification.mail;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * @param refusal why the mail will never be sent; null when it may, or was
 * @param again how long to wait at least before the next try; null when there is to be none
 */
record MailReport(@Nullable String refusal, @Nullable Duration again) {

  static final MailReport DONE = new MailReport(null, null);

  static MailReport again(Duration atLeast) {
    return new MailReport(null, atLeast);
  }

  static MailReport refused(String why) {
    return new MailReport(why, null);
  }
}
