package io.parley.message.socket;

import io.parley.common.health.SocketsHealth;
import org.springframework.stereotype.Component;

/** Of the sockets that are open on this node. */
@Component("socketsHealthIndicator")
final class OpenSocketsHealth extends SocketsHealth {

  OpenSocketsHealth(OpenSockets sockets) {
    super(sockets::count, sockets::isRunning);
  }
}
