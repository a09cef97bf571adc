package io.parley.user.account;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param next the cursor of the page that follows; null on the last
 */
record Page<T>(List<T> items, @Nullable String next) {}
