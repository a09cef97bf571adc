/** Changing a password, and getting a new one by mail. */
@NullMarked
package io.parley.user.password;

import org.jspecify.annotations.NullMarked;
