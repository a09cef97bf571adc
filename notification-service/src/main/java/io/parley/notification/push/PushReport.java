package io.parley.notification.push;

import java.time.Duration;

/**
 * @param unsettled devices that have not got the message and may still: FCM was not able to, or
 *     another consumer is at it. The caller tries again
 * @param pause how long to wait for that at least; zero when nobody said
 */
public record PushReport(int unsettled, Duration pause) {

  static final PushReport SETTLED = new PushReport(0, Duration.ZERO);

  PushReport and(int more, Duration atLeast) {
    return new PushReport(unsettled + more, pause.compareTo(atLeast) < 0 ? atLeast : pause);
  }

  public boolean isSettled() {
    return unsettled == 0;
  }
}
