/** The meters of the gateway. */
@NullMarked
package io.parley.gateway.metrics;

import org.jspecify.annotations.NullMarked;
