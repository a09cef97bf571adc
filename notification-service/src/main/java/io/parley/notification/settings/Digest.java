package io.parley.notification.settings;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Mails of what was missed; null is what the installation says.
 *
 * @param on whether there are any
 * @param afterMinutes how long a message is unread before a mail tells of it
 */
record Digest(
    @Nullable Boolean on, @Nullable @Min(MIN_MINUTES) @Max(MAX_MINUTES) Integer afterMinutes) {

  static final Digest UNSET = new Digest(null, null);

  static final int MIN_MINUTES = 10;

  /** Three days: what is told of is kept for seven. */
  static final int MAX_MINUTES = 4_320;
}
