package io.parley.notification.push;

import io.parley.notification.device.DeviceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message's push to one device.
 *
 * @param error FCM's error code
 */
public record PushRecord(
    DeviceId deviceId, String messageId, String state, @Nullable String error, Instant at) {}
