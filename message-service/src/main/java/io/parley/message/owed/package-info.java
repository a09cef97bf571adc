/** What a node that puts something into the log has still to do for it, whatever dies. */
@NullMarked
package io.parley.message.owed;

import org.jspecify.annotations.NullMarked;
