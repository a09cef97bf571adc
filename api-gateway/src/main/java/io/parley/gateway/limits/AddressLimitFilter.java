package io.parley.gateway.limits;

import io.parley.common.access.AccessTokens;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.access.BearerToken;
import io.parley.gateway.access.PublicPaths;
import io.parley.gateway.edge.ClientAddress;
import io.parley.gateway.edge.FilterOrder;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Counts by address what comes without an access token, and tokens that turn out to be worth
 * nothing. To check one that was not seen before costs a signature or a question to user-service:
 * it pays before, and gets it back once it has turned out good ({@link UserLimitFilter}), so that
 * the users behind one address do not take each other's tokens.
 */
@Component
@Order(FilterOrder.ADDRESS_LIMITS)
final class AddressLimitFilter implements WebFilter {

  private final Limits limits;
  private final PublicPaths publicPaths;
  private final AccessTokens tokens;

  AddressLimitFilter(Limits limits, PublicPaths publicPaths, AccessTokens tokens) {
    this.limits = limits;
    this.publicPaths = publicPaths;
    this.tokens = tokens;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getAttribute(ClientAddress.class.getName()) == null) {
      // On the management port.
      return chain.filter(exchange);
    }
    String token = BearerToken.of(exchange.getRequest());
    if (publicPaths.includes(exchange.getRequest()) || token == null) {
      return check(exchange, LimitProperties.Key.ADDRESS)
          .then(Mono.defer(() -> chain.filter(exchange)));
    }
    if (tokens.isKnown(token)) {
      return chain.filter(exchange);
    }
    return check(exchange, LimitProperties.Key.TOKEN)
        .then(Mono.defer(() -> chain.filter(exchange)))
        .doOnError(
            ProblemException.class,
            refusal -> {
              // It could not be told: nobody's fault.
              if (refusal.type().status() != HttpStatus.UNAUTHORIZED) {
                limits.giveBack(exchange);
              }
            });
  }

  private Mono<Void> check(ServerWebExchange exchange, LimitProperties.Key key) {
    return limits.check(exchange, key, ClientAddress.of(exchange).network());
  }
}
