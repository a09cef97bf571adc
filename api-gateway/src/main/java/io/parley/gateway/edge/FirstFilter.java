package io.parley.gateway.edge;

import io.parley.common.access.Caller;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Around everything else: gives the request its id, refuses ambiguous paths, answers errors as
 * problems, sets the security headers and writes the access log. The log has the path but never the
 * query, which may hold what people search for.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FirstFilter implements WebFilter {

  private static final Logger access = LoggerFactory.getLogger("parley.access");

  /** What nginx made the usual way to say that the client left before the answer. */
  private static final int CLIENT_GONE = 499;

  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final Problems problems;
  private final ApplicationContext edge;

  FirstFilter(Problems problems, ApplicationContext edge) {
    this.problems = problems;
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
    ServerWebExchange identified =
        exchange
            .mutate()
            .request(request -> request.headers(headers -> headers.set(RequestIds.HEADER, id)))
            .build();
    exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> setHeaders(exchange, id)));
    return Mono.defer(
            () -> {
              SafePath.check(exchange.getRequest().getURI().getRawPath());
              return chain.filter(identified);
            })
        .onErrorResume(error -> problems.answer(exchange, error))
        .doFinally(signal -> log(exchange, id, start, signal));
  }

  /** Set last, so that a service's own headers of these names do not double them. */
  private static void setHeaders(ServerWebExchange exchange, String id) {
    HttpHeaders headers = exchange.getResponse().getHeaders();
    headers.set(RequestIds.HEADER, id);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    boolean api = exchange.getRequest().getPath().value().startsWith("/api/");
    headers.set("Content-Security-Policy", api ? API_POLICY : PAGE_POLICY);
    if (api && headers.getCacheControl() == null) {
      headers.setCacheControl("no-store");
    }
    headers.remove("Server");
    headers.remove("X-Powered-By");
  }

  private static void log(
      ServerWebExchange exchange, String id, long startNanos, SignalType signal) {
    ServerHttpRequest request = exchange.getRequest();
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    int code = signal == SignalType.CANCEL ? CLIENT_GONE : status == null ? 200 : status.value();
    @Nullable Caller caller = exchange.getAttribute(Caller.class.getName());
    access.info(
        "{} {} {} {} ms user={} request={}",
        request.getMethod(),
        request.getURI().getRawPath(),
        code,
        String.format(Locale.ROOT, "%.1f", (System.nanoTime() - startNanos) / 1e6),
        caller == null ? "-" : caller.id(),
        id);
  }
}
