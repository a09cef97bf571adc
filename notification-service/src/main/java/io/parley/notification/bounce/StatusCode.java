package io.parley.notification.bounce;

import io.parley.common.events.MailBounced.Kind;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An enhanced mail system status code (RFC 3463): class, subject, detail.
 *
 * @param text {@code 5.1.1}
 */
record StatusCode(String text) {

  static final String PATTERN = "[245]\\.\\d{1,3}\\.\\d{1,3}";

  private static final Pattern CODE = Pattern.compile("(?<![\\d.])(" + PATTERN + ")(?![\\d.])");

  /**
   * Permanent failures that say nothing of the mailbox: of its mail system (3), the protocol (5),
   * the content (6) and policy (7), as when a mail is taken for spam.
   */
  private static final Set<String> NOT_THE_MAILBOX = Set.of("3", "5", "6", "7");

  /** The sender's address; a full mailbox, a message too long for it, a mailing list's trouble. */
  private static final Set<String> NOT_THE_ADDRESS =
      Set.of("5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.2.4");

  /** The first in a text such as {@code 5.1.1 (bad destination mailbox address)}. */
  static Optional<StatusCode> find(String text) {
    Matcher code = CODE.matcher(text);
    return code.find() ? Optional.of(new StatusCode(code.group(1))) : Optional.empty();
  }

  boolean isFailure() {
    return !text.startsWith("2.");
  }

  Kind kind() {
    String subject = text.split("\\.")[1];
    boolean hard =
        text.startsWith("5.")
            && !NOT_THE_MAILBOX.contains(subject)
            && !NOT_THE_ADDRESS.contains(text);
    return hard ? Kind.HARD : Kind.SOFT;
  }
}
