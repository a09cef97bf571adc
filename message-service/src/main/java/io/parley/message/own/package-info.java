/** What the things that a user keeps for themselves have in common. */
@NullMarked
package io.parley.message.own;

import org.jspecify.annotations.NullMarked;
