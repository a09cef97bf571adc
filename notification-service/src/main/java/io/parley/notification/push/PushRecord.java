package io.parley.notification.push;

import io.parley.notification.device.DeviceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a device was sent last about a message, and what became of it.
 *
 * @param kind RING, UPDATE or WITHDRAW
 * @param error FCM's error code
 */
public record PushRecord(
    DeviceId deviceId,
    String messageId,
    String kind,
    String state,
    @Nullable String error,
    Instant at) {

  /** Whether it is on the device's screen, or may be. */
  public boolean mayBeShown() {
    return !kind.equals(Notice.Kind.WITHDRAW.name())
        && (state.equals(Outcome.SENT.name()) || state.equals("CLAIMED"));
  }
}
