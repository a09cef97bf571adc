/** Who is connected, to any node. */
@NullMarked
package io.parley.message.presence;

import org.jspecify.annotations.NullMarked;
