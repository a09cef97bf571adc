package io.parley.notification.mail;

import org.jspecify.annotations.Nullable;

/**
 * @param why the SMTP reply code, or the kind of failure; never the server's words, which quote
 *     addresses
 */
record SmtpOutcome(State state, @Nullable String why) {

  enum State {
    SENT,
    /** Not now: a 4xx, no connection, a login that is refused. */
    DEFERRED,
    /** Never: a 5xx for this mail. */
    REFUSED
  }

  static final SmtpOutcome SENT = new SmtpOutcome(State.SENT, null);

  static SmtpOutcome deferred(String why) {
    return new SmtpOutcome(State.DEFERRED, why);
  }

  static SmtpOutcome refused(String why) {
    return new SmtpOutcome(State.REFUSED, why);
  }
}
