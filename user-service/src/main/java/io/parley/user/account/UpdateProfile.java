package io.parley.user.account;

import io.parley.common.text.Nickname;
import io.parley.common.text.PlainText;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Size;
import java.time.ZoneId;
import java.util.IllformedLocaleException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A member that is absent or null stays as it is. An empty biography, locale or time zone takes
 * what was there away.
 *
 * @param locale BCP 47: {@code de-CH}
 * @param timeZone IANA: {@code Europe/Zurich}
 */
record UpdateProfile(
    @Nickname(max = 64) @Nullable String displayName,
    @PlainText(min = 0, max = 500, lines = true) @Nullable String bio,
    @Size(max = 35) @Nullable String locale,
    @Size(max = 64) @Nullable String timeZone) {

  UpdateProfile {
    if (displayName != null) {
      displayName = Nickname.Validator.mapped(displayName);
    }
  }

  @AssertTrue(message = "must be a BCP 47 language tag, such as de-CH")
  boolean isLocaleKnown() {
    if (locale == null || locale.isEmpty()) {
      return true;
    }
    try {
      return !new Locale.Builder().setLanguageTag(locale).build().getLanguage().isEmpty();
    } catch (IllformedLocaleException e) {
      return false;
    }
  }

  @AssertTrue(message = "must be an IANA time zone, such as Europe/Zurich")
  boolean isTimeZoneKnown() {
    return timeZone == null
        || timeZone.isEmpty()
        || (ZoneId.getAvailableZoneIds().contains(timeZone) && !timeZone.startsWith("SystemV/"));
  }

  /** Null when it is to be taken away. */
  @Nullable String canonicalLocale() {
    return locale == null || locale.isEmpty()
        ? null
        : new Locale.Builder().setLanguageTag(locale).build().toLanguageTag();
  }
}
