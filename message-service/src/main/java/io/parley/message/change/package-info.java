/** Events that change what is seen of messages. */
@NullMarked
package io.parley.message.change;

import org.jspecify.annotations.NullMarked;
