/** Which nodes there are, alive and dead. */
@NullMarked
package io.parley.message.presence;

import org.jspecify.annotations.NullMarked;
