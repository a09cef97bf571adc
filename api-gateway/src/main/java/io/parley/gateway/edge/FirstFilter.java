package io.parley.gateway.edge;

import io.parley.common.traces.Span;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Around everything else: gives the request its id, its client's address and its span, refuses
 * ambiguous paths and heads, answers errors as problems, sets the security headers and writes the
 * access log.
 */
@Component
@Order(FilterOrder.FIRST)
final class FirstFilter implements WebFilter {

  private final Problems problems;
  private final TrustedProxies proxies;
  private final SecurityHeaders securityHeaders;
  private final RequestMeters meters;
  private final RequestSpans spans;
  private final ApplicationContext edge;

  FirstFilter(
      Problems problems,
      TrustedProxies proxies,
      SecurityHeaders securityHeaders,
      RequestMeters meters,
      RequestSpans spans,
      ApplicationContext edge) {
    this.problems = problems;
    this.proxies = proxies;
    this.securityHeaders = securityHeaders;
    this.meters = meters;
    this.spans = spans;
    this.edge = edge;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getApplicationContext() != edge) {
      // Spring Boot also puts the filters before the management port, which has nothing to log.
      return chain.filter(exchange);
    }
    long start = System.nanoTime();
    boolean vouched = proxies.vouchFor(exchange.getRequest());
    String id =
        RequestIds.acceptOrMake(
            vouched ? exchange.getRequest().getHeaders().getFirst(RequestIds.HEADER) : null);
    exchange.getAttributes().put(RequestIds.HEADER, id);
    proxies.clientOf(exchange.getRequest()).keepIn(exchange);
    Span span = spans.begin(exchange, vouched);
    AccessLog.Counted response = new AccessLog.Counted(exchange.getResponse());
    ServerWebExchange identified =
        exchange
            .mutate()
            .request(
                request ->
                    request.headers(
                        headers -> {
                          headers.set(RequestIds.HEADER, id);
                          RequestSpans.pass(span, vouched, headers);
                        }))
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
              RequestHead.check(exchange.getRequest());
              SafePath.check(exchange.getRequest().getURI().getRawPath());
              return chain.filter(identified);
            })
        .onErrorResume(error -> problems.answer(identified, error))
        .doFinally(
            signal -> {
              meters.record(identified, start, signal);
              RequestSpans.end(span, identified, signal);
              AccessLog.write(identified, response, start, signal);
            });
  }
}
