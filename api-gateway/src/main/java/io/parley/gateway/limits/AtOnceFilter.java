package io.parley.gateway.limits;

import io.parley.common.access.Caller;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.edge.ClientAddress;
import io.parley.gateway.edge.FilterOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * How many requests one user, or one address, has under way here, until the last byte of their
 * answers: what is slow holds a connection to a service, of which there are not many. The limits by
 * time let somebody begin as many as they like, slowly. Sockets are counted elsewhere.
 */
@Component
@Order(FilterOrder.AT_ONCE)
final class AtOnceFilter implements WebFilter {

  private static final String LIMITER = "at-once";

  private final AtOnceProperties properties;
  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  AtOnceFilter(AtOnceProperties properties) {
    this.properties = properties;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ClientAddress address = exchange.getAttribute(ClientAddress.class.getName());
    if (address == null || exchange.getRequest().getPath().value().equals("/ws")) {
      // The first is on the management port.
      return chain.filter(exchange);
    }
    @Nullable Caller caller = exchange.getAttribute(Caller.class.getName());
    Mono<Void> counted =
        counted("address " + address.network(), properties.byAddress(), chain.filter(exchange));
    return caller == null ? counted : counted("user " + caller.id(), properties.byUser(), counted);
  }

  private Mono<Void> counted(String key, int most, Mono<Void> request) {
    return Mono.defer(
        () -> {
          if (underWay.merge(key, 1, Integer::sum) > most) {
            done(key);
            return Mono.error(
                new ProblemException(
                    CommonProblem.RATE_LIMITED,
                    "Too many requests at once: " + most + " may be under way",
                    Map.of("limiter", LIMITER, "retryAfter", 1)));
          }
          return request.doFinally(signal -> done(key));
        });
  }

  private void done(String key) {
    underWay.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }
}
