package io.parley.gateway.access;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.edge.FilterOrder;
import java.util.concurrent.Executors;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
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

  private static final String BEARER = "Bearer ";

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
    return Mono.fromCallable(() -> tokens.verify(token(exchange.getRequest())))
        .subscribeOn(verification)
        .doOnNext(caller -> exchange.getAttributes().put(Caller.class.getName(), caller))
        .flatMap(caller -> chain.filter(exchange));
  }

  private static String token(ServerHttpRequest request) {
    String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    return header.substring(BEARER.length());
  }
}
