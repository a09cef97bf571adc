/** Messages that a user has put aside. */
@NullMarked
package io.parley.message.saved;

import org.jspecify.annotations.NullMarked;
