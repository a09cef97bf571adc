package io.parley.notification.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's settings, as they can be put again. Null is as the installation has it.
 *
 * @param maxGroupSize null: none is too large
 */
record SettingsView(
    LevelSetting push,
    LevelSetting email,
    List<String> keywords,
    @Nullable Boolean preview,
    @Nullable String timeZone,
    List<QuietWindow> quietHours,
    boolean alwaysPush,
    @Nullable Integer maxGroupSize,
    Digest digest) {}
