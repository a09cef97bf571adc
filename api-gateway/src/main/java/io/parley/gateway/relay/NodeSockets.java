package io.parley.gateway.relay;

import io.netty.channel.Channel;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections for sockets this gateway has to each node, those that are just being made
 * included. What other gateways have is not counted, and need not be: each spreads its own evenly,
 * so the sum is even; and counts that nodes told would be as old as the last question, and send all
 * gateways to the same node until the next one.
 */
final class NodeSockets {

  private final Map<URI, Integer> open = new ConcurrentHashMap<>();

  int to(URI node) {
    return open.getOrDefault(node, 0);
  }

  void opened(URI node, Channel connection) {
    open.merge(node, 1, Integer::sum);
    connection
        .closeFuture()
        .addListener(
            closed -> open.computeIfPresent(node, (same, count) -> count == 1 ? null : count - 1));
  }
}
