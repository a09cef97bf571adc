package io.parley.group.roster;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/**
 * The id of a link, an invitation, a request or a report; on the wire a canonical lower-case UUID
 * string. Ids grow with time, so lists go by them.
 *
 * @param value the UUID
 */
public record RowId(UUID value) {

  /** Below all others. */
  public static final RowId LOWEST = new RowId(new UUID(0, 0));

  /**
   * Reads the canonical form; Spring binds path variables and cursors with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  @JsonCreator
  public static RowId valueOf(String text) {
    return new RowId(GroupId.valueOf(text).value());
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
