package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a user wants to appear. */
public enum Show {
  /** As the clients say. */
  AUTO,
  AWAY,
  DND,
  /** Offline to everybody else. */
  INVISIBLE;

  /** The word on the wire, in lower case. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static Show of(String value) {
    for (Show show : values()) {
      if (show.value().equals(value)) {
        return show;
      }
    }
    throw new IllegalArgumentException("must be auto, away, dnd or invisible");
  }
}
