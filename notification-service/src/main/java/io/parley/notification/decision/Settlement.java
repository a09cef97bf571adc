package io.parley.notification.decision;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a notification that was in hand.
 *
 * @param reason of the decision
 * @param ended why it is taken away again; null: it is not
 * @param again when there is something to do next; null: nothing, unless something happened
 *     meanwhile
 */
record Settlement(
    Notification of,
    State state,
    @Nullable Reason reason,
    @Nullable Reason ended,
    @Nullable Duration again,
    int failures) {

  static Settlement of(Notification of, State state, @Nullable Reason reason) {
    return new Settlement(of, state, reason, null, null, 0);
  }

  Settlement again(Duration pause) {
    return new Settlement(of, state, reason, ended, pause, failures);
  }

  Settlement ended(Reason why) {
    return new Settlement(of, state, reason, why, again, failures);
  }

  Settlement failures(int count) {
    return new Settlement(of, state, reason, ended, again, count);
  }
}
