/** Which nodes there are, and who is connected to which of them. */
@NullMarked
package io.parley.message.presence;

import org.jspecify.annotations.NullMarked;
