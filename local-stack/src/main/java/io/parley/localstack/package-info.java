/**
 * Starts what Parley runs on, real stores and its own services, on one machine without Docker or
 * root.
 */
@NullMarked
package io.parley.localstack;

import org.jspecify.annotations.NullMarked;
