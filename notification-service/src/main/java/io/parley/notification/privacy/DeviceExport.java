package io.parley.notification.privacy;

import io.parley.notification.device.Channel;
import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Platform;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A device with all that is held on it, for its owner. */
record DeviceExport(
    DeviceId id,
    Channel channel,
    Platform platform,
    String token,
    byte @Nullable [] p256dh,
    byte @Nullable [] auth,
    @Nullable String name,
    @Nullable String locale,
    @Nullable UUID sessionId,
    Instant createdAt,
    Instant seenAt) {

  static DeviceExport of(Device device) {
    return new DeviceExport(
        device.id(),
        device.channel(),
        device.platform(),
        device.token(),
        device.p256dh(),
        device.auth(),
        device.name(),
        device.locale(),
        device.sessionId(),
        device.createdAt(),
        device.seenAt());
  }
}
