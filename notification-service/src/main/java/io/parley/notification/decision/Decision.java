package io.parley.notification.decision;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody is notified of a message. A pure function of what is known; the rules are in
 * {@link #of} in the order in which they hold, the first one that applies decides.
 *
 * @param again when to look once more, if it is {@link Verdict#LATER}; null otherwise
 */
record Decision(Reason reason, @Nullable Instant again) {

  /**
   * Times that decisions go by.
   *
   * @param tooOld of what is older nobody is notified
   * @param foregroundHold from the sending: for how long a client in the foreground holds it up
   * @param lookAgain the pause until what is held up is looked at once more
   */
  record Patience(Duration tooOld, Duration foregroundHold, Duration lookAgain) {}

  static Decision of(Situation it, Instant now, Patience patience) {
    // What is not there for the recipient, or not new, is nobody's choice.
    if (it.expired()) {
      return none(Reason.EXPIRED);
    }
    if (it.gone()) {
      return none(Reason.DELETED);
    }
    if (!it.sees()) {
      return none(Reason.NOT_VISIBLE);
    }
    if (it.read()) {
      return none(Reason.READ);
    }
    if (it.sentAt().plus(patience.tooOld()).isBefore(now)) {
      return none(Reason.TOO_OLD);
    }
    if (it.blocked()) {
      return none(Reason.BLOCKED);
    }
    // What the recipient wants of this conversation. A mute is for everything in it.
    if (it.muted()) {
      return none(Reason.MUTED);
    }
    switch (it.level()) {
      case NONE -> {
        return none(Reason.LEVEL_NONE);
      }
      case MENTIONS -> {
        if (!it.isPersonal()) {
          return none(Reason.MENTIONS_ONLY);
        }
      }
      case ALL -> {
        if (it.largeGroup() && !it.isPersonal()) {
          return none(Reason.LARGE_GROUP);
        }
      }
    }
    // What the recipient wants at this time.
    if (it.quiet()) {
      return none(Reason.QUIET_HOURS);
    }
    if (it.doNotDisturb() && !it.alwaysPush()) {
      return none(Reason.DO_NOT_DISTURB);
    }
    if (!it.reachable()) {
      return none(Reason.NO_DEVICE);
    }
    Instant held = it.sentAt().plus(patience.foregroundHold());
    boolean holdsUp = it.foreground() && now.isBefore(held);
    if (holdsUp && !it.alwaysPush()) {
      Instant next = now.plus(patience.lookAgain());
      return new Decision(Reason.FOREGROUND, next.isBefore(held) ? next : held);
    }
    return new Decision(ringsFor(it, holdsUp), null);
  }

  Verdict verdict() {
    return reason.verdict();
  }

  private static Reason ringsFor(Situation it, boolean holdsUp) {
    if (holdsUp || it.doNotDisturb()) {
      return Reason.ALWAYS_PUSH;
    }
    if (it.isMention()) {
      return Reason.MENTION;
    }
    if (it.keyword()) {
      return Reason.KEYWORD;
    }
    return it.followsThread() ? Reason.THREAD : Reason.MESSAGE;
  }

  private static Decision none(Reason reason) {
    return new Decision(reason, null);
  }
}
