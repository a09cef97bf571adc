package io.parley.notification.push;

import io.parley.notification.device.DeviceId;

/**
 * What a device was sent last about a conversation, and so has on its screen.
 *
 * @param kind {@code WITHDRAW}: nothing is there any more
 * @param version of the words
 * @param settled false while it is not known to have arrived
 */
public record OnScreen(
    DeviceId device, String messageId, Notice.Kind kind, long version, boolean settled) {}
