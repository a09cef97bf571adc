/** The message service: sockets, conversations, the event log and its delivery. */
@NullMarked
package io.parley.message;

import org.jspecify.annotations.NullMarked;
