/** Meters: each is defined once, in an enum of its service, and documented from there. */
@NullMarked
package io.parley.common.metrics;

import org.jspecify.annotations.NullMarked;
