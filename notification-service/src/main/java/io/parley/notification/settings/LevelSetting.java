package io.parley.notification.settings;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The level of one channel in one place.
 *
 * @param level null: what the wider place says
 * @param temporary goes before the level until it ends; null: none
 */
record LevelSetting(@Nullable Level level, @Valid @Nullable Temporary temporary) {

  static final LevelSetting UNSET = new LevelSetting(null, null);

  /**
   * @param until the first instant at which it is over
   */
  record Temporary(@NotNull Level level, @NotNull Instant until) {}

  /** Null when nothing is set for that time. */
  @Nullable Level at(Instant now) {
    return temporary != null && now.isBefore(temporary.until()) ? temporary.level() : level;
  }

  /** Without what is over. */
  LevelSetting live(Instant now) {
    return temporary == null || now.isBefore(temporary.until())
        ? this
        : new LevelSetting(level, null);
  }

  boolean hasNothing() {
    return level == null && temporary == null;
  }
}
