package io.parley.group.groups;

import io.parley.common.text.Nickname;
import io.parley.common.text.PlainText;
import io.parley.group.roster.Group;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/** What is absent stays. */
record EditGroup(
    @Nickname(max = 100) @Nullable String name,
    @PlainText(min = 0, max = 1000, lines = true) @Nullable String description,
    Group.@Nullable Visibility visibility,
    Group.@Nullable Joining joining,
    @Valid @Nullable SettingsChange settings) {

  EditGroup {
    if (name != null) {
      name = Nickname.Validator.mapped(name);
    }
  }

  boolean changesInfo() {
    return name != null || description != null;
  }

  boolean changesSettings() {
    return visibility != null || joining != null || settings != null;
  }
}
