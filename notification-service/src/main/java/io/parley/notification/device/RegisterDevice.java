package io.parley.notification.device;

import jakarta.validation.constraints.NotNull;

/**
 * @param token the FCM registration token
 */
record RegisterDevice(@NotNull @DeviceToken String token, @NotNull Platform platform) {}
