package io.parley.notification.device;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a device runs: it decides the form of its pushes. */
public enum Platform {
  @JsonProperty("android")
  ANDROID,
  @JsonProperty("ios")
  IOS,
  @JsonProperty("web")
  WEB
}
