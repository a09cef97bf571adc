/** Tells the fleet of sessions and personal tokens that have ended. */
@NullMarked
package io.parley.user.ended;

import org.jspecify.annotations.NullMarked;
