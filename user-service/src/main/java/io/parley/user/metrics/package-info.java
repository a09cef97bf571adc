/** The meters of user-service. */
@NullMarked
package io.parley.user.metrics;

import org.jspecify.annotations.NullMarked;
