package io.parley.notification.push;

import io.parley.notification.device.DeviceId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * @param error what the push service called it
 * @param retryAfter what it asked to wait before the next try; zero when it did not say
 */
public record PushResult(
    DeviceId device, Outcome outcome, @Nullable String error, Duration retryAfter) {

  public static PushResult of(DeviceId device, Outcome outcome, @Nullable String error) {
    return new PushResult(device, outcome, error, Duration.ZERO);
  }
}
