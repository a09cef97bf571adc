package io.parley.gateway.access;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Span;
import io.parley.gateway.edge.FilterOrder;
import io.parley.gateway.edge.RequestSpans;
import java.util.concurrent.Executors;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Lets only users with a valid access token through to the API. The services check again: this one
 * keeps floods of junk away from them. The {@link Caller} becomes an attribute of the exchange.
 */
@Component
@Order(FilterOrder.ACCESS)
final class AccessFilter implements WebFilter {

  private final AccessTokens tokens;
  private final PublicPaths publicPaths;

  /** A check may have to fetch the keys first, which must not hold up an event loop. */
  private final Scheduler verification =
      Schedulers.fromExecutorService(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("access-", 0).factory()));

  AccessFilter(AccessTokens tokens, PublicPaths publicPaths) {
    this.tokens = tokens;
    this.publicPaths = publicPaths;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (publicPaths.includes(exchange.getRequest())) {
      return chain.filter(exchange);
    }
    return Mono.fromCallable(() -> verified(exchange))
        .subscribeOn(verification)
        .doOnNext(caller -> exchange.getAttributes().put(Caller.class.getName(), caller))
        .flatMap(caller -> chain.filter(exchange));
  }

  private Caller verified(ServerWebExchange exchange) {
    try (Span.Scope scope = RequestSpans.of(exchange).enter()) {
      return tokens.verify(required(exchange));
    }
  }

  private static String required(ServerWebExchange exchange) {
    String token = BearerToken.of(exchange.getRequest());
    if (token == null) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    return token;
  }
}
