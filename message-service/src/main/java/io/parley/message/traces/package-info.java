/** The part of what clients send by STOMP in traces. */
@NullMarked
package io.parley.message.traces;

import org.jspecify.annotations.NullMarked;
