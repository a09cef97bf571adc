/** The STOMP edge: sockets, frames, heart-beats. */
@NullMarked
package io.parley.message.socket;

import org.jspecify.annotations.NullMarked;
