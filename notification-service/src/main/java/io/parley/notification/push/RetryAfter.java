package io.parley.notification.push;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The header of that name: seconds or an HTTP date (RFC 9110, section 10.2.3). */
public final class RetryAfter {

  private RetryAfter() {}

  /** Zero when it is not there, or makes no sense. */
  public static Duration of(@Nullable Object header, Instant now) {
    String value = String.valueOf(header).strip();
    try {
      Duration wait =
          value.chars().allMatch(Character::isDigit) && !value.isEmpty()
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException | NumberFormatException e) {
      return Duration.ZERO;
    }
  }
}
