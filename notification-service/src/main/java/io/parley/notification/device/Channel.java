package io.parley.notification.device;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a device is reached. */
public enum Channel {
  @JsonProperty("fcm")
  FCM,
  /** RFC 8030: a browser without Google's SDK, or UnifiedPush. */
  @JsonProperty("web-push")
  WEB_PUSH
}
