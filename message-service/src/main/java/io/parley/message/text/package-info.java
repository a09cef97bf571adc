/** What people write. */
@NullMarked
package io.parley.message.text;

import org.jspecify.annotations.NullMarked;
