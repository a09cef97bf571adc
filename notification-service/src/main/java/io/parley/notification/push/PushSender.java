package io.parley.notification.push;

import io.parley.notification.device.Device;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands pushes to the outside. */
interface PushSender {

  /** The most devices that {@link #send} takes at once. */
  int MAX_BATCH = 500;

  /** One result per device. Failures are results, not exceptions. */
  List<PushResult> send(Notice notice, List<Device> devices);

  /** Where pushes go, for health and log; null when push is off. */
  @Nullable String destination();
}
