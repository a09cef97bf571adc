package io.parley.notification.settings;

/**
 * What holds for users who set nothing else.
 *
 * @param previews whether users may have previews at all; where nobody may, their own setting does
 *     nothing
 */
record DefaultsView(Level level, boolean previews, String timeZone, Digest digest) {

  static DefaultsView of(SettingsProperties defaults) {
    return new DefaultsView(
        defaults.level(),
        defaults.previews(),
        defaults.timeZone().getId(),
        new Digest(defaults.digest(), (int) defaults.digestAfter().toMinutes()));
  }
}
