package io.parley.notification.push;

import java.time.Duration;

/**
 * How far it is with telling a user's devices one thing.
 *
 * @param reached devices that have got it
 * @param open devices that have not got it and may still: the sender was not able to, or another
 *     attempt is at it. The caller tries again
 * @param failed devices that it was tried for as often as it is to be
 * @param pause how long to wait before trying again
 */
public record PushReport(int reached, int open, int failed, Duration pause) {

  static final PushReport NOBODY = new PushReport(0, 0, 0, Duration.ZERO);

  public boolean isSettled() {
    return open == 0;
  }
}
