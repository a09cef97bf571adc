package io.parley.notification.push;

import io.parley.notification.device.Device;
import java.time.Duration;
import java.time.Instant;

/** One thing to tell one device. */
public record Push(Notice notice, Device device) {

  /** Push services keep nothing for longer; FCM takes it for a mistake. */
  private static final Duration LONGEST = Duration.ofDays(28);

  /** How long a push service is to keep it for a device that is away. */
  public Duration life(Instant now) {
    Instant until = notice.expiresAt();
    Duration left = until == null ? LONGEST : Duration.between(now, until);
    return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST) < 0 ? left : LONGEST;
  }
}
