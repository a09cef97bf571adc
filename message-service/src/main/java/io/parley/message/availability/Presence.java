package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a user appears to another. */
public enum Presence {
  ONLINE,
  AWAY,
  DND,
  OFFLINE;

  /** The word on the wire, in lower case. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }
}
