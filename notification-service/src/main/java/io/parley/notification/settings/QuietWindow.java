package io.parley.notification.settings;

import io.parley.notification.settings.QuietHours.Window;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.LocalTime;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A window of quiet hours, on the wire and in the table.
 *
 * @param days on which it begins
 * @param from hours and minutes
 * @param to not later than {@code from}: on the next day
 */
record QuietWindow(
    @NotEmpty @Size(max = 7) List<@NotNull Day> days,
    @NotNull @Pattern(regexp = TIME, message = NO_TIME) String from,
    @NotNull @Pattern(regexp = TIME, message = NO_TIME) String to) {

  private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]";
  private static final String NO_TIME = "must be a time such as 07:30";

  Window window() {
    return new Window(
        days.stream().map(Day::day).collect(Collectors.toSet()),
        LocalTime.parse(from),
        LocalTime.parse(to));
  }
}
