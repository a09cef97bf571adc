package io.parley.gateway.edge;

import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Around everything else: gives the request its id and its client's address, refuses ambiguous
 * paths, answers errors as problems, sets the security headers and writes the access log.
 */
@Component
@Order(FilterOrder.FIRST)
final class FirstFilter implements WebFilter {

  private final Problems problems;
  private final TrustedProxies proxies;
  private final SecurityHeaders securityHeaders;
  private final ApplicationContext edge;

  FirstFilter(
      Problems problems,
      TrustedProxies proxies,
      SecurityHeaders securityHeaders,
      ApplicationContext edge) {
    this.problems = problems;
    this.proxies = proxies;
    this.securityHeaders = securityHeaders;
    this.edge = edge;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getApplicationContext() != edge) {
      // Spring Boot also puts the filters before the management port, which has nothing to log.
      return chain.filter(exchange);
    }
    long start = System.nanoTime();
    String id =
        RequestIds.acceptOrMake(exchange.getRequest().getHeaders().getFirst(RequestIds.HEADER));
    exchange.getAttributes().put(RequestIds.HEADER, id);
    proxies.clientOf(exchange.getRequest()).keepIn(exchange);
    AccessLog.Counted response = new AccessLog.Counted(exchange.getResponse());
    ServerWebExchange identified =
        exchange
            .mutate()
            .request(request -> request.headers(headers -> headers.set(RequestIds.HEADER, id)))
            .response(response)
            .build();
    response.beforeCommit(
        () ->
            Mono.fromRunnable(
                () -> {
                  response.getHeaders().set(RequestIds.HEADER, id);
                  securityHeaders.set(exchange);
                }));
    return Mono.defer(
            () -> {
              SafePath.check(exchange.getRequest().getURI().getRawPath());
              return chain.filter(identified);
            })
        .onErrorResume(error -> problems.answer(identified, error))
        .doFinally(signal -> AccessLog.write(identified, response, start, signal));
  }
}
