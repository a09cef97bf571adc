package io.parley.notification.settings;

import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/** The levels of a conversation or thread; what is absent or null is as the wider place has it. */
record PutOverride(@Valid @Nullable LevelSetting push, @Valid @Nullable LevelSetting email) {}
