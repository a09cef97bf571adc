/** Messages that are pinned to their conversation. */
@NullMarked
package io.parley.message.pin;

import org.jspecify.annotations.NullMarked;
