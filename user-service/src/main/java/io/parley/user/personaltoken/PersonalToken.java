package io.parley.user.personaltoken;

import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is kept of a personal token. */
record PersonalToken(
    UUID id,
    UserId account,
    String name,
    Set<Scope> scopes,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant usedAt) {}
