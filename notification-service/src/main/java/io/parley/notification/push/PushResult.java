package io.parley.notification.push;

import io.parley.notification.device.DeviceId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * @param error FCM's error code
 * @param retryAfter what FCM asked to wait before the next try; zero when it did not say
 */
record PushResult(DeviceId device, Outcome outcome, @Nullable String error, Duration retryAfter) {

  static PushResult of(DeviceId device, Outcome outcome, @Nullable String error) {
    return new PushResult(device, outcome, error, Duration.ZERO);
  }
}
