/** What slows down the guessing of passwords without locking anybody out. */
@NullMarked
package io.parley.user.slowdown;

import org.jspecify.annotations.NullMarked;
