package io.parley.notification.push;

import io.parley.notification.device.Device;

/** One thing to tell one device. */
record Push(Notice notice, Device device) {}
