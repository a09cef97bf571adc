package io.parley.notification.device;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of the newest push to a device.
 *
 * @param result SENT, DEFERRED, GONE, REFUSED or SKIPPED
 * @param error what the push service called it
 */
record LastPush(Instant at, String result, @Nullable String error) {}
