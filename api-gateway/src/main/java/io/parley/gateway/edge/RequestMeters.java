package io.parley.gateway.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.gateway.metrics.GatewayMeter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.SignalType;

/** How long requests took, by route and status. */
@Component
final class RequestMeters {

  private record Key(String route, int status) {}

  private final MeterRegistry registry;
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

  RequestMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(ServerWebExchange exchange, long startNanos, SignalType signal) {
    Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
    Key key = new Key(route == null ? "none" : route.getId(), AccessLog.status(exchange, signal));
    timers
        .computeIfAbsent(
            key,
            each ->
                GatewayMeter.REQUESTS.timer(
                    registry, each.route(), Integer.toString(each.status())))
        .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
  }
}
