package io.parley.notification.settings;

import java.time.Instant;

/**
 * A row of {@code notification_overrides}.
 *
 * @param version the ETag
 */
record StoredOverride(Place place, long version, Levels levels) {

  StoredOverride live(Instant now) {
    return new StoredOverride(place, version, levels.live(now));
  }
}
