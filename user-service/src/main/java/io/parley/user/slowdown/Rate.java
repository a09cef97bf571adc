package io.parley.user.slowdown;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** So many within such a time, written {@code 5/1m}. */
record Rate(long count, Duration per) {

  static Rate of(String text) {
    String[] parts = text.strip().split("/", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException("not a rate such as 5/1m: " + text);
    }
    return new Rate(Long.parseLong(parts[0]), DurationStyle.detectAndParse(parts[1]));
  }
}
