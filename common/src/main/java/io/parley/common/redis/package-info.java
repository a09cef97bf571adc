/** Connections to the Redis that {@code spring.data.redis} names. */
@NullMarked
package io.parley.common.redis;

import org.jspecify.annotations.NullMarked;
