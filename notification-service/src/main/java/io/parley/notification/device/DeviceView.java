package io.parley.notification.device;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A device as its owner sees it. Where it is reached is not given back.
 *
 * @param sessionId the login or personal token it was registered with; it goes when that ends. Null
 *     of a device from before that was noted
 * @param current whether it belongs to the session that asks
 * @param seenAt its last registration
 * @param lastPush null: none within the last days
 */
record DeviceView(
    DeviceId id,
    Channel channel,
    Platform platform,
    @Nullable String name,
    @Nullable String locale,
    @Nullable UUID sessionId,
    boolean current,
    Instant createdAt,
    Instant seenAt,
    @Nullable LastPush lastPush) {

  static DeviceView of(Device device, UUID caller, @Nullable LastPush lastPush) {
    return new DeviceView(
        device.id(),
        device.channel(),
        device.platform(),
        device.name(),
        device.locale(),
        device.sessionId(),
        caller.equals(device.sessionId()),
        device.createdAt(),
        device.seenAt(),
        lastPush);
  }
}
