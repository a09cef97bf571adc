package io.parley.user.privacy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** For whom something is. Those who are blocked are never among them. */
public enum Audience {
  EVERYONE,
  /** Those whom the account itself has as contacts. */
  CONTACTS,
  NOBODY;

  /** The word on the wire and in the table, in lower case. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static Audience of(String value) {
    for (Audience audience : values()) {
      if (audience.value().equals(value)) {
        return audience;
      }
    }
    throw new IllegalArgumentException("must be everyone, contacts or nobody");
  }
}
