package io.parley.notification.settings;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What of a conversation somebody is notified of. */
public enum Level {
  @JsonProperty("all")
  ALL,
  /** What names the user, means everyone, or has one of the user's keywords. */
  @JsonProperty("mentions")
  MENTIONS,
  @JsonProperty("none")
  NONE
}
