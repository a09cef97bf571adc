package io.parley.common.ids;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/**
 * The id of a user; on the wire a canonical lower-case UUID string.
 *
 * @param value the UUID
 */
public record UserId(UUID value) {

  /**
   * Reads the canonical form; Spring binds path and destination variables with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  @JsonCreator
  public static UserId valueOf(String text) {
    return new UserId(CanonicalUuid.parse(text));
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
