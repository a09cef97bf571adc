package io.parley.notification.settings;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of a user's settings but those of single conversations. What is absent or null is as the
 * installation has it.
 *
 * @param keywords words or short phrases that count as mentions
 * @param preview whether notifications may say what was written
 * @param timeZone of the quiet hours, an IANA name
 * @param alwaysPush push even while the user is active on another device
 * @param maxGroupSize in groups of more members only mentions ring
 */
record PutSettings(
    @Valid @Nullable LevelSetting push,
    @Valid @Nullable LevelSetting email,
    @Nullable @Size(max = MAX_KEYWORDS) List<@NotNull @Keyword String> keywords,
    @Nullable Boolean preview,
    @Nullable @ZoneName String timeZone,
    @Nullable @Size(max = MAX_WINDOWS) List<@Valid @NotNull QuietWindow> quietHours,
    @Nullable Boolean alwaysPush,
    @Nullable @Min(2) @Max(100_000) Integer maxGroupSize,
    @Valid @Nullable Digest digest) {

  static final int MAX_KEYWORDS = 50;
  static final int MAX_WINDOWS = 28;
}
