package io.parley.notification.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DayOfWeek;

/** {@link DayOfWeek}, as it is written on the wire. */
enum Day {
  @JsonProperty("monday")
  MONDAY,
  @JsonProperty("tuesday")
  TUESDAY,
  @JsonProperty("wednesday")
  WEDNESDAY,
  @JsonProperty("thursday")
  THURSDAY,
  @JsonProperty("friday")
  FRIDAY,
  @JsonProperty("saturday")
  SATURDAY,
  @JsonProperty("sunday")
  SUNDAY;

  DayOfWeek day() {
    return DayOfWeek.of(ordinal() + 1);
  }
}
