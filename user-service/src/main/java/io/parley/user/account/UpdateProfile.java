package io.parley.user.account;

import org.jspecify.annotations.Nullable;

/** A member that is absent or null stays as it is. */
record UpdateProfile(@PlainText(max = 64) @Nullable String displayName) {}
