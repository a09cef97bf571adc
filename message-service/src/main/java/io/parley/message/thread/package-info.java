/** Messages and the replies that belong to them. */
@NullMarked
package io.parley.message.thread;

import org.jspecify.annotations.NullMarked;
