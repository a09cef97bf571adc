package io.parley.group.groups;

import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.UserId;
import io.parley.common.text.Nickname;
import io.parley.common.text.PlainText;
import io.parley.group.roster.Group;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * @param description lines are kept; absent is empty
 * @param memberIds besides the creator; absent is nobody
 * @param visibility absent is private
 * @param joining of a public group; absent is open
 */
record CreateGroup(
    @NotNull @Nickname(max = 100) String name,
    @PlainText(min = 0, max = 1000, lines = true) @Nullable String description,
    @Nullable List<@NotNull UserId> memberIds,
    Group.@Nullable Visibility visibility,
    Group.@Nullable Joining joining,
    @Valid @Nullable SettingsChange settings) {

  CreateGroup {
    if (name != null) {
      name = Nickname.Validator.mapped(name);
    }
  }

  /** Each once, without the creator. */
  Set<UserId> others(UserId creator) {
    Set<UserId> others = new LinkedHashSet<>(memberIds == null ? List.of() : memberIds);
    others.remove(creator);
    return others;
  }

  GroupPolicy policy() {
    return settings == null ? GroupPolicy.USUAL : settings.over(GroupPolicy.USUAL);
  }
}
