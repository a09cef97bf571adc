package io.parley.user.personaltoken;

import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.common.ids.UserId;
import java.util.UUID;

/**
 * The id of a personal token, which is no secret.
 *
 * @param value the UUID
 */
public record TokenId(UUID value) {

  /**
   * Reads the canonical form; Spring binds path variables with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  public static TokenId valueOf(String text) {
    return new TokenId(UserId.valueOf(text).value());
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
