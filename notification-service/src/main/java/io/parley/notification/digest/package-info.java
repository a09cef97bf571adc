/** Mails of what users have not read for a while, and the way to have no more of them. */
@NullMarked
package io.parley.notification.digest;

import org.jspecify.annotations.NullMarked;
