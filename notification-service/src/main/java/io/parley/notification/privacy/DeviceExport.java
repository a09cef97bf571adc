package io.parley.notification.privacy;

import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Platform;
import java.time.Instant;

/** A device with all that is held on it, for its owner. */
record DeviceExport(
    DeviceId id, Platform platform, String token, Instant createdAt, Instant seenAt) {

  static DeviceExport of(Device device) {
    return new DeviceExport(
        device.id(), device.platform(), device.token(), device.createdAt(), device.seenAt());
  }
}
