package io.parley.user.admin;

import io.parley.common.access.SystemRole;
import org.jspecify.annotations.Nullable;

/**
 * What null is, does not narrow.
 *
 * @param query what words of the username or display name begin with
 * @param email what the address begins with
 */
record FindAccounts(
    @Nullable String query,
    @Nullable String email,
    @Nullable SystemRole role,
    @Nullable Boolean locked) {}
