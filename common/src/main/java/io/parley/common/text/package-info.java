/** What may be in a text that people write. */
@NullMarked
package io.parley.common.text;

import org.jspecify.annotations.NullMarked;
