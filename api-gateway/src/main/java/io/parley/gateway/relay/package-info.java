/** The WebSocket hop: after the handshake it passes bytes, not frames. */
@NullMarked
package io.parley.gateway.relay;

import org.jspecify.annotations.NullMarked;
