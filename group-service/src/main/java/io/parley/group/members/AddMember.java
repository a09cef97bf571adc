package io.parley.group.members;

import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;

record AddMember(@NotNull UserId userId) {}
