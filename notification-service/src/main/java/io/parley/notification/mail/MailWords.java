package io.parley.notification.mail;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What all mails of a language have in common: {@code mail/<language>/words.properties}. */
final class MailWords {

  private final String language;
  private final Properties words = new Properties();
  private final DateTimeFormatter date;
  private final DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private final DateTimeFormatter utc =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  MailWords(String language, String properties) {
    this.language = language;
    try {
      words.load(new StringReader(properties));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.date = DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(Locale.of(language));
  }

  String of(String key) {
    String word = words.getProperty(key);
    if (word == null || word.isBlank()) {
      throw new IllegalStateException("mail/" + language + "/words.properties lacks " + key);
    }
    return word;
  }

  String direction() {
    return language.equals("ar") ? "rtl" : "ltr";
  }

  /**
   * The day in words and the time, in UTC; in the reader's own zone where that is known, and in UTC
   * on a second line.
   *
   * @param zone IANA; what is none counts as unknown
   */
  String time(Instant instant, @Nullable String zone) {
    ZoneId known = zone(zone);
    ZonedDateTime there = instant.atZone(known == null ? ZoneOffset.UTC : known);
    String words = date.format(there) + ", " + time.format(there);
    return known == null
        ? words + " UTC"
        : words + " (" + known + ")\n" + utc.format(instant.atZone(ZoneOffset.UTC)) + " UTC";
  }

  private static @Nullable ZoneId zone(@Nullable String zone) {
    if (zone == null || zone.isBlank()) {
      return null;
    }
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
