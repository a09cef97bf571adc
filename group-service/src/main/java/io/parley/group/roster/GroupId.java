package io.parley.group.roster;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/**
 * The id of a group, and of its conversation; on the wire a canonical lower-case UUID string.
 *
 * @param value the UUID
 */
public record GroupId(UUID value) {

  /**
   * Reads the canonical form; Spring binds path variables with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  @JsonCreator
  public static GroupId valueOf(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equals(text)) {
      throw new IllegalArgumentException("not a canonical UUID");
    }
    return new GroupId(uuid);
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
