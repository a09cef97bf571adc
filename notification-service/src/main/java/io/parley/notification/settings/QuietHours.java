package io.parley.notification.settings;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When somebody wants to hear nothing, by the clock on their wall.
 *
 * <p>Where clocks are put forward, a time that they skip is the instant of the change. Where they
 * are put back and a time comes twice, a window begins with its first and ends with its last: it is
 * never interrupted.
 */
public record QuietHours(List<Window> windows) {

  public static final QuietHours NONE = new QuietHours(List.of());

  private static final int MINUTES_A_DAY = 24 * 60;

  /** Clocks have been put on or back by a whole day, at most; a window is a day long, at most. */
  private static final int DAYS_BEFORE = 3;

  /** Even the only free minute of a week may fall into an hour that is skipped. */
  private static final int MAX_DAYS_ON = 40;

  /**
   * @param days on which it begins
   * @param from the first minute
   * @param to the first minute that is not in it any more; on the next day unless it is later than
   *     {@code from}, so equal times are a whole day
   */
  public record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to) {

    public Window {
      days = Set.copyOf(days);
    }
  }

  public QuietHours {
    windows = List.copyOf(windows);
  }

  public boolean isQuiet(Instant at, ZoneId zone) {
    return latestEnd(at, zone) != null;
  }

  /**
   * The end of the quiet time that the instant is in, over windows that follow one another: the
   * first instant that is not quiet any more. Null when the instant is not quiet.
   */
  public @Nullable Instant until(Instant at, ZoneId zone) {
    Instant limit = at.plusSeconds(MAX_DAYS_ON * 24L * 60 * 60);
    Instant end = latestEnd(at, zone);
    Instant until = end;
    while (end != null && end.isBefore(limit)) {
      until = end;
      end = latestEnd(end, zone);
    }
    return until;
  }

  /** Of the windows that the instant is in; null when it is in none. */
  private @Nullable Instant latestEnd(Instant at, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    LocalDate today = at.atZone(zone).toLocalDate();
    Instant latest = null;
    for (Window window : windows) {
      // The next day's, too: clocks that are put back over midnight make it yesterday again.
      for (int ahead = 1; ahead >= -DAYS_BEFORE; ahead--) {
        LocalDate day = today.plusDays(ahead);
        if (window.days().contains(day.getDayOfWeek())) {
          Instant end = endIfWithin(window, day, at, rules);
          latest = latest == null || (end != null && end.isAfter(latest)) ? end : latest;
        }
      }
    }
    return latest;
  }

  private static @Nullable Instant endIfWithin(
      Window window, LocalDate day, Instant at, ZoneRules rules) {
    boolean sameDay = window.to().isAfter(window.from());
    Instant begin = instant(day.atTime(window.from()), rules, true);
    Instant end = instant((sameDay ? day : day.plusDays(1)).atTime(window.to()), rules, false);
    return !at.isBefore(begin) && at.isBefore(end) ? end : null;
  }

  private static Instant instant(LocalDateTime local, ZoneRules rules, boolean first) {
    ZoneOffsetTransition change = rules.getTransition(local);
    if (change == null) {
      return local.toInstant(rules.getOffset(local));
    }
    if (change.isGap()) {
      return change.getInstant();
    }
    return local.toInstant(first ? change.getOffsetBefore() : change.getOffsetAfter());
  }

  /** Whether no minute of the week is left: that is no quiet time, but the level {@code NONE}. */
  boolean isAlways() {
    boolean[] quiet = new boolean[7 * MINUTES_A_DAY];
    for (Window window : windows) {
      int from = window.from().toSecondOfDay() / 60;
      int length = Math.floorMod(window.to().toSecondOfDay() / 60 - from, MINUTES_A_DAY);
      for (DayOfWeek day : window.days()) {
        int begin = day.ordinal() * MINUTES_A_DAY + from;
        for (int minute = 0; minute < (length == 0 ? MINUTES_A_DAY : length); minute++) {
          quiet[(begin + minute) % quiet.length] = true;
        }
      }
    }
    for (boolean minute : quiet) {
      if (!minute) {
        return false;
      }
    }
    return true;
  }
}
