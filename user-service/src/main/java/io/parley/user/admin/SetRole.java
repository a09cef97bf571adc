package io.parley.user.admin;

import io.parley.common.access.SystemRole;
import jakarta.validation.constraints.NotNull;

record SetRole(@NotNull SystemRole role) {}
