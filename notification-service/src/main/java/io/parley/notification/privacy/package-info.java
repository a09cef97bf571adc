/** What a user has here: given out on demand, and erased on demand. */
@NullMarked
package io.parley.notification.privacy;

import org.jspecify.annotations.NullMarked;
