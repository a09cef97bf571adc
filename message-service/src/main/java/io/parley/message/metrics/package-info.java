/** The meters of message-service. */
@NullMarked
package io.parley.message.metrics;

import org.jspecify.annotations.NullMarked;
