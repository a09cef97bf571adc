/** Passwords: how good they must be, how they are kept, whether one is right. */
@NullMarked
package io.parley.user.credential;

import org.jspecify.annotations.NullMarked;
