/** Addresses that mails do not reach. */
@NullMarked
package io.parley.user.bounce;

import org.jspecify.annotations.NullMarked;
