package io.parley.gateway.metrics;

import io.parley.common.metrics.MeterSpec;
import io.parley.common.metrics.Metered;

/** All that the gateway counts. */
public enum GatewayMeter implements Metered {
  REQUESTS(
      MeterSpec.timer(
              "parley.gateway.requests",
              "Requests at the public port until their answer was written; a socket's handshake is"
                  + " one. 499: the client left before",
              MeterSpec.PATIENCE)
          .labelOf("route", "the service, `socket`, `openapi-…`; `none`: a page, or not routed")
          .labelOf("status", "the code")),
  SOCKETS(MeterSpec.gauge("parley.gateway.sockets", "Open sockets that are relayed")),
  SOCKETS_OPENED(
      MeterSpec.counter("parley.gateway.sockets.opened", "Sockets that were coupled to a node")),
  SOCKETS_CLOSED(
      MeterSpec.counter(
              "parley.gateway.sockets.closed",
              "Relayed sockets that ended, by who began it. `drain`: this gateway stops; `slow-…`:"
                  + " that side took nothing for the write timeout; `other`: an error here")
          .label("reason", "client", "node", "drain", "slow-client", "slow-node", "other")),
  SOCKET_BYTES(
      MeterSpec.counter(
              "parley.gateway.socket.bytes", "Bytes that were relayed, frame headers included")
          .label("from", "client", "node"));

  @SuppressWarnings("ImmutableEnumChecker") // A spec copies its lists.
  private final MeterSpec spec;

  GatewayMeter(MeterSpec spec) {
    this.spec = spec;
  }

  @Override
  public MeterSpec spec() {
    return spec;
  }
}
