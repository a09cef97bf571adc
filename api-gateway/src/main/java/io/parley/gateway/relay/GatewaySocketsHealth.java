package io.parley.gateway.relay;

import io.parley.common.health.SocketsHealth;
import org.springframework.stereotype.Component;

/** Of the sockets that this gateway relays. */
@Component("socketsHealthIndicator")
final class GatewaySocketsHealth extends SocketsHealth {

  GatewaySocketsHealth(Sockets sockets) {
    super(sockets::count, sockets::isRunning);
  }
}
