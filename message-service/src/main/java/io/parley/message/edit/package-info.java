/** Messages that say something else after a while. */
@NullMarked
package io.parley.message.edit;

import org.jspecify.annotations.NullMarked;
