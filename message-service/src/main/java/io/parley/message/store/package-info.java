/** Connections to Redis and Cassandra, and the Cassandra schema. */
@NullMarked
package io.parley.message.store;

import org.jspecify.annotations.NullMarked;
