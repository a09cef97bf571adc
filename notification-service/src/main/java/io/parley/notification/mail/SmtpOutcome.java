package io.parley.notification.mail;

import org.jspecify.annotations.Nullable;

/**
 * @param why the SMTP reply code, or the kind of failure; never the server's words, which quote
 *     addresses
 * @param recipientStatus the enhanced status code (RFC 3463) with which the recipient was refused
 *     for good; null for anything else
 */
record SmtpOutcome(State state, @Nullable String why, @Nullable String recipientStatus) {

  enum State {
    SENT,
    /** Not now: a 4xx, no connection, a login that is refused. */
    DEFERRED,
    /** Never: a 5xx for this mail. */
    REFUSED
  }

  static final SmtpOutcome SENT = new SmtpOutcome(State.SENT, null, null);

  static SmtpOutcome deferred(String why) {
    return new SmtpOutcome(State.DEFERRED, why, null);
  }

  static SmtpOutcome refused(String why) {
    return refused(why, null);
  }

  static SmtpOutcome refused(String why, @Nullable String recipientStatus) {
    return new SmtpOutcome(State.REFUSED, why, recipientStatus);
  }
}
