package io.parley.notification.push;

import io.parley.notification.device.Device;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Push is off: nothing leaves, and the history says so. */
final class NoSender implements PushSender {

  @Override
  public List<PushResult> send(Notice notice, List<Device> devices) {
    return devices.stream()
        .map(device -> PushResult.of(device.id(), Outcome.SKIPPED, null))
        .toList();
  }

  @Override
  public @Nullable String destination() {
    return null;
  }
}
