package io.parley.notification.mail;

/** What was asked for is no mail, now or ever. The message is safe to log. */
final class UnreadableMailException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnreadableMailException(String message) {
    super(message, null, false, false);
  }
}
