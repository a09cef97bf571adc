/** Messages whose content is taken out of the log. */
@NullMarked
package io.parley.message.deletion;

import org.jspecify.annotations.NullMarked;
