/** A user's conversations with what is new in them, whole or since the last time. */
@NullMarked
package io.parley.message.inbox;

import org.jspecify.annotations.NullMarked;
