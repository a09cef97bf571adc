package io.parley.notification.device;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.common.ids.UserId;
import java.util.UUID;

/**
 * The id of a registration: one token of one user. A token that moves to another user gets a new
 * one.
 *
 * @param value the UUID
 */
public record DeviceId(UUID value) {

  /**
   * Reads the canonical form; Spring binds path variables with it.
   *
   * @throws IllegalArgumentException when the text is anything but 36 characters of a UUID
   */
  @JsonCreator
  public static DeviceId valueOf(String text) {
    return new DeviceId(UserId.valueOf(text).value());
  }

  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
