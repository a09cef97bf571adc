package io.parley.group.members;

import jakarta.validation.constraints.NotNull;
import java.time.Instant;

record MuteMember(@NotNull Instant until) {}
