package io.parley.notification.device;

import java.time.Instant;

/** A device as its owner sees it. The token is not given back. */
record DeviceView(DeviceId id, Platform platform, Instant createdAt) {

  static DeviceView of(Device device) {
    return new DeviceView(device.id(), device.platform(), device.createdAt());
  }
}
