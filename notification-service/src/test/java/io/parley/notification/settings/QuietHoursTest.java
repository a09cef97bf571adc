package io.parley.notification.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.notification.settings.QuietHours.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuietHoursTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Set<DayOfWeek> DAILY = EnumSet.allOf(DayOfWeek.class);
  private static final QuietHours NIGHTS = hours(window(DAILY, "22:00", "07:00"));

  @ParameterizedTest
  @CsvSource({
    "2026-05-06T21:59:59, false, ",
    "2026-05-06T22:00, true, 2026-05-07T07:00",
    "2026-05-07T00:00, true, 2026-05-07T07:00",
    "2026-05-07T06:59:59, true, 2026-05-07T07:00",
    "2026-05-07T07:00, false, "
  })
  void aNightShouldLastUntilTheMorning(LocalDateTime at, boolean quiet, LocalDateTime until) {
    Instant instant = at.atZone(BERLIN).toInstant();

    assertThat(NIGHTS.isQuiet(instant, BERLIN)).isEqualTo(quiet);
    assertThat(NIGHTS.until(instant, BERLIN))
        .isEqualTo(until == null ? null : until.atZone(BERLIN).toInstant());
  }

  @Test
  void aWindowShouldBelongToTheDayOnWhichItBegins() {
    QuietHours fridays = hours(window(Set.of(DayOfWeek.FRIDAY), "23:00", "09:00"));

    assertThat(fridays.isQuiet(berlin("2026-05-08T08:00"), BERLIN)).isFalse();
    assertThat(fridays.isQuiet(berlin("2026-05-08T23:00"), BERLIN)).isTrue();
    assertThat(fridays.isQuiet(berlin("2026-05-09T08:59"), BERLIN)).isTrue();
    assertThat(fridays.isQuiet(berlin("2026-05-09T23:00"), BERLIN)).isFalse();
  }

  @Test
  void severalWindowsADayShouldEachCount() {
    QuietHours hours = hours(window(DAILY, "12:00", "13:00"), window(DAILY, "20:00", "22:30"));

    assertThat(hours.until(berlin("2026-05-06T12:30"), BERLIN))
        .isEqualTo(berlin("2026-05-06T13:00"));
    assertThat(hours.isQuiet(berlin("2026-05-06T15:00"), BERLIN)).isFalse();
    assertThat(hours.until(berlin("2026-05-06T20:00"), BERLIN))
        .isEqualTo(berlin("2026-05-06T22:30"));
  }

  @Test
  void windowsThatTouchOrOverlapShouldBeOne() {
    QuietHours hours =
        hours(
            window(DAILY, "20:00", "22:00"),
            window(DAILY, "22:00", "02:00"),
            window(DAILY, "01:00", "06:00"));

    assertThat(hours.until(berlin("2026-05-06T20:10"), BERLIN))
        .isEqualTo(berlin("2026-05-07T06:00"));
  }

  @Test
  void equalTimesShouldBeAWholeDay() {
    QuietHours weekend =
        hours(window(Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY), "00:00", "00:00"));

    assertThat(weekend.isQuiet(berlin("2026-05-08T23:59"), BERLIN)).isFalse();
    assertThat(weekend.until(berlin("2026-05-09T00:00"), BERLIN))
        .isEqualTo(berlin("2026-05-11T00:00"));
  }

  @Test
  void theUsersZoneShouldDecide() {
    Instant at = Instant.parse("2026-05-06T23:00:00Z");

    assertThat(NIGHTS.isQuiet(at, ZoneOffset.UTC)).isTrue();
    assertThat(NIGHTS.isQuiet(at, ZoneId.of("America/Los_Angeles"))).isFalse();
    assertThat(NIGHTS.until(at, ZoneId.of("Asia/Kolkata")))
        .isEqualTo(Instant.parse("2026-05-07T01:30:00Z"));
  }

  @Test
  void aTimeThatClocksSkipShouldBeTheInstantOfTheChange() {
    // At 2:00 it is 3:00.
    Instant change = Instant.parse("2026-03-29T01:00:00Z");
    QuietHours ends = hours(window(DAILY, "01:00", "02:30"));
    QuietHours begins = hours(window(DAILY, "02:30", "04:00"));
    QuietHours within = hours(window(DAILY, "02:10", "02:50"));

    assertThat(ends.until(change.minusSeconds(60), BERLIN)).isEqualTo(change);
    assertThat(begins.isQuiet(change.minusSeconds(1), BERLIN)).isFalse();
    assertThat(begins.until(change, BERLIN)).isEqualTo(berlin("2026-03-29T04:00"));
    assertThat(within.isQuiet(change.minusSeconds(1), BERLIN)).isFalse();
    assertThat(within.isQuiet(change, BERLIN)).isFalse();
  }

  @Test
  void aWindowShouldReachFromTheFirstToTheLastOfATimeThatComesTwice() {
    // At 3:00 it is 2:00.
    Instant change = Instant.parse("2026-10-25T01:00:00Z");
    QuietHours ends = hours(window(DAILY, "01:00", "02:30"));
    QuietHours begins = hours(window(DAILY, "02:30", "04:00"));

    assertThat(ends.until(berlin("2026-10-25T01:00"), BERLIN)).isEqualTo(change.plusSeconds(1800));
    assertThat(begins.isQuiet(change.minusSeconds(1801), BERLIN)).isFalse();
    assertThat(begins.until(change.minusSeconds(1800), BERLIN))
        .isEqualTo(berlin("2026-10-25T04:00"));
  }

  @Test
  void theOnlyFreeMinutesOfAWeekMayBeSkipped() {
    QuietHours hours =
        hours(
            window(EnumSet.complementOf(EnumSet.of(DayOfWeek.SUNDAY)), "00:00", "00:00"),
            window(Set.of(DayOfWeek.SUNDAY), "00:00", "02:20"),
            window(Set.of(DayOfWeek.SUNDAY), "02:40", "00:00"));

    assertThat(hours.until(berlin("2026-03-28T12:00"), BERLIN))
        .isEqualTo(berlin("2026-04-05T02:20"));
  }

  @Test
  void noWindowsShouldNeverBeQuiet() {
    assertThat(QuietHours.NONE.isQuiet(berlin("2026-05-06T03:00"), BERLIN)).isFalse();
    assertThat(QuietHours.NONE.until(berlin("2026-05-06T03:00"), BERLIN)).isNull();
  }

  @Test
  void alwaysShouldBeSeen() {
    assertThat(hours(window(DAILY, "00:00", "00:00")).isAlways()).isTrue();
    assertThat(hours(window(DAILY, "13:00", "13:00")).isAlways()).isTrue();
    assertThat(hours(window(DAILY, "22:00", "12:00"), window(DAILY, "11:00", "22:00")).isAlways())
        .isTrue();
    assertThat(hours(window(DAILY, "00:00", "23:59")).isAlways()).isFalse();
    assertThat(
            hours(window(EnumSet.complementOf(EnumSet.of(DayOfWeek.SUNDAY)), "00:00", "00:00"))
                .isAlways())
        .isFalse();
    assertThat(QuietHours.NONE.isAlways()).isFalse();
  }

  static Stream<ZonedYear> changes() {
    return Stream.of(
        new ZonedYear("Europe/Berlin", 2026),
        new ZonedYear("America/New_York", 2026),
        // Half an hour.
        new ZonedYear("Australia/Lord_Howe", 2026),
        // From and to midnight.
        new ZonedYear("America/Havana", 2026),
        new ZonedYear("Africa/Cairo", 2026),
        // Back over midnight, at 0:01.
        new ZonedYear("America/St_Johns", 2006),
        // Forward and back around a month of fasting.
        new ZonedYear("Africa/Casablanca", 2026),
        // Two hours.
        new ZonedYear("Antarctica/Troll", 2026),
        // A day that never was.
        new ZonedYear("Pacific/Apia", 2011),
        new ZonedYear("Pacific/Chatham", 2026),
        new ZonedYear("Asia/Kolkata", 2026),
        new ZonedYear("UTC", 2026));
  }

  record ZonedYear(String zoneName, int year) {

    ZoneId zone() {
      return ZoneId.of(zoneName);
    }

    Instant begin() {
      return LocalDateTime.of(year, 1, 1, 0, 0).atZone(zone()).toInstant();
    }

    List<ZoneOffsetTransition> transitions() {
      List<ZoneOffsetTransition> found = new ArrayList<>();
      Instant end = LocalDateTime.of(year + 1, 1, 1, 0, 0).atZone(zone()).toInstant();
      ZoneOffsetTransition next = zone().getRules().nextTransition(begin());
      while (next != null && next.getInstant().isBefore(end)) {
        found.add(next);
        next = zone().getRules().nextTransition(next.getInstant());
      }
      return found;
    }

    /** Each hour of the year, and each fifth minute of the days around a change. */
    List<Instant> instants() {
      List<Instant> all = new ArrayList<>();
      for (int hour = 0; hour < 365 * 24; hour++) {
        all.add(begin().plus(Duration.ofHours(hour)));
      }
      for (ZoneOffsetTransition change : transitions()) {
        for (int minute = -36 * 60; minute <= 36 * 60; minute += 5) {
          all.add(change.getInstant().plus(Duration.ofMinutes(minute)));
        }
        all.add(change.getInstant().minusNanos(1));
      }
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void allZonesShouldChangeAsThisTestMeansThemTo(ZonedYear year) {
    boolean fixed = Set.of("UTC", "Asia/Kolkata").contains(year.zoneName());

    assertThat(year.transitions().isEmpty()).isEqualTo(fixed);
  }

  /** What a clock on the wall says decides, but for the times that come twice. */
  @ParameterizedTest
  @MethodSource("changes")
  void quietShouldBeWhatTheClockOnTheWallSays(ZonedYear year) {
    for (QuietHours hours : schedules()) {
      for (Instant at : year.instants()) {
        LocalDateTime wall = at.atZone(year.zone()).toLocalDateTime();
        if (year.zone().getRules().getValidOffsets(wall).size() == 1) {
          assertThat(hours.isQuiet(at, year.zone()))
              .as("%s at %s", hours, at)
              .isEqualTo(on(hours, wall));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void untilShouldBeTheFirstInstantThatIsNotQuiet(ZonedYear year) {
    ZoneId zone = year.zone();
    for (QuietHours hours : schedules()) {
      for (Instant at : year.instants()) {
        Instant until = hours.until(at, zone);
        assertThat(until != null).isEqualTo(hours.isQuiet(at, zone));
        if (until != null) {
          assertThat(until).as("%s at %s", hours, at).isAfter(at);
          assertThat(hours.isQuiet(until, zone)).as("%s at %s", hours, until).isFalse();
          assertThat(hours.until(until.minusNanos(1), zone)).isEqualTo(until);
          Instant between = at.plus(Duration.between(at, until).dividedBy(2));
          assertThat(hours.until(between, zone)).as("%s at %s", hours, between).isEqualTo(until);
        }
      }
    }
  }

  /** Nights, naps, weekends, and what chance makes; the seed is fixed. */
  private static List<QuietHours> schedules() {
    Random random = new Random(20260329);
    List<QuietHours> all =
        new ArrayList<>(
            List.of(
                NIGHTS,
                hours(window(DAILY, "00:00", "02:30"), window(DAILY, "02:45", "03:15")),
                hours(window(Set.of(DayOfWeek.SUNDAY), "02:00", "03:00")),
                hours(window(Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY), "00:00", "00:00"))));
    for (int i = 0; i < 6; i++) {
      QuietHours hours =
          new QuietHours(
              IntStream.rangeClosed(0, random.nextInt(4)).mapToObj(n -> window(random)).toList());
      if (!hours.isAlways()) {
        all.add(hours);
      }
    }
    return all;
  }

  private static Window window(Random random) {
    EnumSet<DayOfWeek> days = EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)));
    DAILY.stream().filter(day -> random.nextBoolean()).forEach(days::add);
    return new Window(days, time(random), time(random));
  }

  private static LocalTime time(Random random) {
    return LocalTime.of(random.nextInt(24), random.nextInt(4) * 15);
  }

  private static boolean on(QuietHours hours, LocalDateTime wall) {
    return hours.windows().stream().anyMatch(window -> on(window, wall));
  }

  private static boolean on(Window window, LocalDateTime wall) {
    LocalTime time = wall.toLocalTime();
    boolean today = window.days().contains(wall.getDayOfWeek());
    boolean yesterday = window.days().contains(wall.getDayOfWeek().minus(1));
    if (window.from().isBefore(window.to())) {
      return today && !time.isBefore(window.from()) && time.isBefore(window.to());
    }
    return (today && !time.isBefore(window.from())) || (yesterday && time.isBefore(window.to()));
  }

  private static QuietHours hours(Window... windows) {
    return new QuietHours(List.of(windows));
  }

  private static Window window(Set<DayOfWeek> days, String from, String to) {
    return new Window(days, LocalTime.parse(from), LocalTime.parse(to));
  }

  private static Instant berlin(String local) {
    return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
  }
}
