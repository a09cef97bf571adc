package io.parley.gateway.edge;

import io.parley.common.traces.HttpSpans;
import io.parley.common.traces.Span;
import io.parley.common.traces.Traces;
import java.net.URI;
import java.util.function.Function;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * The edge's part in a trace: a span for the request, and one for each node that is asked. A
 * trusted proxy may have begun the trace. What any other client sends is dropped, traces or not: it
 * could have its requests kept, or put them into a trace that is somebody else's.
 */
@Component
public final class RequestSpans {

  private static final String STATE = "tracestate";

  private static final int SERVER_ERROR = 500;
  private static final int CLIENT_ERROR = 400;

  private final Traces traces;

  RequestSpans(Traces traces) {
    this.traces = traces;
  }

  /** That of a request that has passed the edge's first filter. */
  public static Span of(ServerWebExchange exchange) {
    return exchange.getAttributeOrDefault(Span.class.getName(), Span.NONE);
  }

  /**
   * @param vouched whether a trusted proxy sent it
   */
  Span begin(ServerWebExchange exchange, boolean vouched) {
    ServerHttpRequest request = exchange.getRequest();
    String method = HttpSpans.method(request.getMethod().name());
    Span span =
        traces.begin(
            Span.Kind.SERVER,
            HttpSpans.name(method, null),
            vouched ? request.getHeaders().getFirst(Traces.HEADER) : null);
    if (span != Span.NONE) {
      span.set(HttpSpans.METHOD, method)
          .set("url.scheme", ClientAddress.of(exchange).secure() ? "https" : "http")
          .set("url.path", AccessLog.withoutSecrets(request.getURI().getRawPath()));
      exchange.getAttributes().put(Span.class.getName(), span);
    }
    return span;
  }

  /** What services, and sockets, are told. */
  static void pass(Span span, boolean vouched, HttpHeaders headers) {
    String traceparent = span.traceparent();
    if (traceparent != null) {
      headers.set(Traces.HEADER, traceparent);
    } else if (!vouched) {
      headers.remove(Traces.HEADER);
    }
    if (!vouched) {
      headers.remove(STATE);
    }
  }

  static void end(Span span, ServerWebExchange exchange, SignalType signal) {
    if (span == Span.NONE) {
      return;
    }
    String route =
        exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ATTR);
    if (route != null) {
      span.set(HttpSpans.ROUTE, route)
          .name(HttpSpans.name(HttpSpans.method(exchange.getRequest().getMethod().name()), route));
    }
    answered(span, AccessLog.status(exchange, signal), SERVER_ERROR);
    span.end();
  }

  /**
   * Asks a node, in a span of its own.
   *
   * @param chain sends the exchange that it gets
   */
  public Mono<Void> ask(
      URI node, ServerWebExchange exchange, Function<ServerWebExchange, Mono<Void>> chain) {
    String parent = of(exchange).traceparent();
    if (parent == null) {
      return chain.apply(exchange);
    }
    String method = HttpSpans.method(exchange.getRequest().getMethod().name());
    Span span =
        traces
            .begin(Span.Kind.CLIENT, HttpSpans.name(method, null), parent)
            .set(HttpSpans.METHOD, method)
            .set("server.address", node.getHost())
            .set("server.port", node.getPort());
    ServerWebExchange traced =
        exchange
            .mutate()
            .request(request -> request.headers(headers -> pass(span, true, headers)))
            .build();
    return chain
        .apply(traced)
        .doOnSuccess(
            done -> {
              HttpStatusCode status = traced.getResponse().getStatusCode();
              answered(span, status == null ? 200 : status.value(), CLIENT_ERROR);
            })
        .doOnError(error -> span.failed(error.getClass().getName()))
        .doFinally(signal -> span.end());
  }

  private static void answered(Span span, int status, int error) {
    span.set(HttpSpans.STATUS, status);
    if (status >= error) {
      span.failed(String.valueOf(status));
    }
  }
}
