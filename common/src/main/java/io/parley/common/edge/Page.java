package io.parley.common.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape of every list of the API.
 *
 * @param next the cursor of the page that follows; null on the last
 */
public record Page<T>(List<T> items, @Nullable String next) {}
