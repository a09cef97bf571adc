package io.parley.user.admin;

import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why an account is locked.
 *
 * @param until null is until somebody unlocks it
 */
record AccountLock(String reason, @Nullable Instant until, UserId by, Instant at) {}
