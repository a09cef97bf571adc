package io.parley.user.account;

import io.parley.common.text.PlainText;
import org.jspecify.annotations.Nullable;

/** A member that is absent or null stays as it is. */
record UpdateProfile(@PlainText(max = 64) @Nullable String displayName) {}
