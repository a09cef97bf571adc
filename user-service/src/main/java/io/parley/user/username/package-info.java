/** Changing a username, and finding somebody by one. */
@NullMarked
package io.parley.user.username;

import org.jspecify.annotations.NullMarked;
