/** Events on their way to connected members: the bus between nodes and the fan-out on each. */
@NullMarked
package io.parley.message.delivery;

import org.jspecify.annotations.NullMarked;
