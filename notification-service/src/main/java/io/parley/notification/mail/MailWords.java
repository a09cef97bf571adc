package io.parley.notification.mail;

import com.ibm.icu.text.ListFormatter;
import com.ibm.icu.text.MessageFormat;
import com.ibm.icu.util.ULocale;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.text.Bidi;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What all mails of a language have in common: {@code mail/<language>/words.properties}. */
final class MailWords {

  private final String language;
  private final ULocale locale;
  private final Properties words = new Properties();
  private final DateTimeFormatter date;
  private final DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private final DateTimeFormatter utc =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  MailWords(String language, String properties) {
    this.language = language;
    this.locale = ULocale.forLanguageTag(language);
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

  /**
   * How many there are of something, in the plural forms of the language (CLDR).
   *
   * @param key of a pattern of ICU with {@code count}
   */
  String count(String key, int count) {
    return new MessageFormat(of(key), locale).format(Map.of("count", count));
  }

  /** Names one after the other, each of which may be in any script. */
  String names(Collection<String> names) {
    return ListFormatter.getInstance(locale, ListFormatter.Type.UNITS, ListFormatter.Width.SHORT)
        .format(names.stream().map(this::isolated).toList());
  }

  /**
   * Kept apart (UAX #9, FSI and PDI) where directions meet, so that it does not turn round what is
   * beside it.
   */
  private String isolated(String name) {
    char[] chars = name.toCharArray();
    return direction().equals("rtl") || Bidi.requiresBidi(chars, 0, chars.length)
        ? "\u2068" + name + "\u2069"
        : name;
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
