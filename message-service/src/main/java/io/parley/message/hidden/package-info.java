/** Messages that one member has deleted for themselves alone. */
@NullMarked
package io.parley.message.hidden;

import org.jspecify.annotations.NullMarked;
