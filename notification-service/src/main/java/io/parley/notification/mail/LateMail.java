package io.parley.notification.mail;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Mails that are written only when they are about to be handed in, as what they say may be over by
 * then; what was requested names the template and to whom.
 */
public interface LateMail {

  /** What became of a mail. */
  enum End {
    SENT,
    /** It is tried again, and then written anew. */
    DEFERRED,
    /** For good. */
    REFUSED,
    EXPIRED
  }

  /** The name of the template that its mails are requested with. */
  String template();

  /**
   * @param values of the request
   * @return empty when there is nothing to say any more
   * @throws NotNowException when that can not be found out now
   */
  Optional<MailContent> write(UUID id, Map<String, String> values);

  /**
   * After each try, but for those that {@link #write} has ended. A process may die before it says
   * so: then {@code write} is asked again for a mail that was sent.
   */
  void ended(UUID id, Map<String, String> values, End end);

  /** It is to be tried again later. */
  final class NotNowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NotNowException(String why) {
      super(why);
    }
  }
}
