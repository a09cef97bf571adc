package io.parley.user.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What null is, does not narrow.
 *
 * @param target the id of what it was done to
 * @param action a whole one, or with a dot at its end all that begin with it
 * @param from inclusive
 * @param to exclusive
 */
record AuditQuery(
    @Nullable UUID actor,
    @Nullable String target,
    @Nullable String action,
    @Nullable Instant from,
    @Nullable Instant to) {}
