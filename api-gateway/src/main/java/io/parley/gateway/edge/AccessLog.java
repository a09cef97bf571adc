package io.parley.gateway.edge;

import io.parley.common.access.Caller;
import io.parley.common.logs.LogFields;
import io.parley.common.traces.Span;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * One line per request. It has the path but never the query, which may hold what people search for,
 * and no header; of the path's segments what is long and no id is left out, as it is a secret or a
 * mistake. Each part is also a field of the structured line, named by the Elastic Common Schema.
 */
final class AccessLog {

  private static final Logger log = LoggerFactory.getLogger("parley.access");

  /** What nginx made the usual way to say that the client left before the answer. */
  private static final int CLIENT_GONE = 499;

  /**
   * A path segment of 24 characters or more that is no UUID. Tokens have 43; no path of the API has
   * a word so long.
   */
  private static final Pattern SECRET =
      Pattern.compile("/(?!\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}(?:/|$))[^/]{24,}");

  private AccessLog() {}

  static void write(
      ServerWebExchange exchange, Counted response, long startNanos, SignalType signal) {
    if (!log.isInfoEnabled()) {
      return;
    }
    ServerHttpRequest request = exchange.getRequest();
    int code = status(exchange, signal);
    long nanos = System.nanoTime() - startNanos;
    String method = request.getMethod().name();
    String path = withoutSecrets(request.getURI().getRawPath());
    String address = ClientAddress.of(exchange).text();
    String requestId = RequestIds.of(exchange);
    @Nullable Caller caller = exchange.getAttribute(Caller.class.getName());
    LoggingEventBuilder line =
        log.atInfo()
            .addKeyValue("event.duration", nanos)
            .addKeyValue("http.request.id", requestId)
            .addKeyValue("http.request.method", method)
            .addKeyValue("http.response.body.bytes", response.bytes)
            .addKeyValue("http.response.status_code", code)
            .addKeyValue("source.ip", address)
            .addKeyValue("url.path", path);
    if (caller != null) {
      line =
          line.addKeyValue("user.id", caller.id().toString())
              .addKeyValue("parley.session", caller.sessionId());
    }
    Span span = RequestSpans.of(exchange);
    if (span != Span.NONE) {
      line =
          line.addKeyValue(LogFields.TRACE, span.traceId())
              .addKeyValue(LogFields.SPAN, span.spanId());
    }
    line.log(
        "{} {} {} {} ms {} bytes user={} session={} address={} request={}",
        method,
        path,
        code,
        String.format(Locale.ROOT, "%.1f", nanos / 1e6),
        response.bytes,
        caller == null ? "-" : caller.id(),
        caller == null ? "-" : caller.sessionId(),
        address,
        requestId);
  }

  static int status(ServerWebExchange exchange, SignalType signal) {
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    return signal == SignalType.CANCEL ? CLIENT_GONE : status == null ? 200 : status.value();
  }

  static String withoutSecrets(String path) {
    return SECRET.matcher(path).replaceAll("/*");
  }

  /** Counts the bytes of the body as they are written. */
  static final class Counted extends ServerHttpResponseDecorator {

    private volatile long bytes;

    Counted(ServerHttpResponse response) {
      super(response);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
      if (body instanceof Mono<? extends DataBuffer> one) {
        return super.writeWith(one.doOnNext(this::count));
      }
      return super.writeWith(Flux.from(body).doOnNext(this::count));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
      return super.writeAndFlushWith(
          Flux.from(body).map(part -> Flux.from(part).doOnNext(this::count)));
    }

    /** One exchange writes its buffers one after the other. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(DataBuffer buffer) {
      bytes += buffer.readableByteCount();
    }
  }
}
