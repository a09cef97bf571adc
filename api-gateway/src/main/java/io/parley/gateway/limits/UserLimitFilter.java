package io.parley.gateway.limits;

import io.parley.common.access.Caller;
import io.parley.gateway.edge.FilterOrder;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Counts by user what comes with a valid access token, from whatever address and session. */
@Component
@Order(FilterOrder.USER_LIMITS)
final class UserLimitFilter implements WebFilter {

  private final Limits limits;

  UserLimitFilter(Limits limits) {
    this.limits = limits;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    @Nullable Caller caller = exchange.getAttribute(Caller.class.getName());
    if (caller == null) {
      return chain.filter(exchange);
    }
    limits.giveBack(exchange);
    return limits
        .check(exchange, LimitProperties.Key.USER, caller.id().toString())
        .then(Mono.defer(() -> chain.filter(exchange)));
  }
}
