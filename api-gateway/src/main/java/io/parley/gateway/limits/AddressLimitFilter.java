package io.parley.gateway.limits;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.access.PublicPaths;
import io.parley.gateway.edge.ClientAddress;
import io.parley.gateway.edge.FilterOrder;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Counts by address what comes without a valid access token. A request with a token is counted here
 * only once the token has turned out to be worth nothing, so that the users behind one address do
 * not take each other's tokens.
 */
@Component
@Order(FilterOrder.ADDRESS_LIMITS)
final class AddressLimitFilter implements WebFilter {

  private final Limits limits;
  private final PublicPaths publicPaths;

  AddressLimitFilter(Limits limits, PublicPaths publicPaths) {
    this.limits = limits;
    this.publicPaths = publicPaths;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getAttribute(ClientAddress.class.getName()) == null) {
      // On the management port.
      return chain.filter(exchange);
    }
    if (publicPaths.includes(exchange.getRequest())
        || exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION) == null) {
      return check(exchange).then(Mono.defer(() -> chain.filter(exchange)));
    }
    return chain
        .filter(exchange)
        .onErrorResume(
            ProblemException.class,
            refusal ->
                refusal.type().status() == HttpStatus.UNAUTHORIZED
                        && exchange.getAttribute(Caller.class.getName()) == null
                    ? check(exchange).then(Mono.error(refusal))
                    : Mono.error(refusal));
  }

  private Mono<Void> check(ServerWebExchange exchange) {
    return limits.check(
        exchange, LimitProperties.Key.ADDRESS, ClientAddress.of(exchange).network());
  }
}
