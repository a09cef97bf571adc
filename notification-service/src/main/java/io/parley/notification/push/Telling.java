package io.parley.notification.push;

import io.parley.common.ids.UserId;
import io.parley.notification.device.DeviceId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A notice for a user.
 *
 * @param version of the words, ascending: a device is not told an older one, nor the same twice
 * @param devices null: all of the user's
 * @param since when it could have been told at the earliest: from then on it counts as delayed
 */
public record Telling(
    UserId user, Notice notice, long version, @Nullable Set<DeviceId> devices, Instant since) {}
