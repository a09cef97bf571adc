package io.parley.notification.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape of every list of the API.
 *
 * @param next always null: a user's devices are few enough for one page
 */
record DevicePage(List<DeviceView> items, @Nullable String next) {}
