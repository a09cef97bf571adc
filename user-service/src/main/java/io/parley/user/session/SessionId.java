package io.parley.user.session;

import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.common.ids.UserId;
import java.util.UUID;

/**
 * The id of a session.
 *
 * @param value the UUID
 */
public record SessionId(UUID value) {

  /**
   * Reads the canonical form; Spring binds path variables with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  public static SessionId valueOf(String text) {
    return new SessionId(UserId.valueOf(text).value());
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
