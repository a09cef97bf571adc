package io.parley.notification.settings;

/** By what users are notified; each has its own levels. */
public enum Channel {
  PUSH,
  EMAIL
}
