package io.parley.user.admin;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param reason for other admins; the user is not shown it
 * @param until null is until somebody unlocks it
 */
record LockAccount(@NotNull @PlainText(max = 200) String reason, @Nullable Instant until) {}
