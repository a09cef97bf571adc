package io.parley.group.groups;

import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;

record AddMember(@NotNull UserId userId) {}
