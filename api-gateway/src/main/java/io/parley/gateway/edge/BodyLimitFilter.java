package io.parley.gateway.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers 413 to a body over the limit: at once when its length is stated, else when it is reached.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class BodyLimitFilter implements WebFilter {

  private final long maxBytes;

  BodyLimitFilter(EdgeProperties properties) {
    this.maxBytes = properties.maxBody().toBytes();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    long stated = exchange.getRequest().getHeaders().getContentLength();
    if (stated > maxBytes) {
      return Mono.error(tooLarge());
    }
    if (stated >= 0) {
      return chain.filter(exchange);
    }
    return chain.filter(exchange.mutate().request(new Counted(exchange.getRequest())).build());
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        CommonProblem.BODY_TOO_LARGE, "A body may have at most " + maxBytes + " bytes");
  }

  private final class Counted extends ServerHttpRequestDecorator {

    private long read;

    Counted(ServerHttpRequest request) {
      super(request);
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody()
          .doOnNext(
              buffer -> {
                read += buffer.readableByteCount();
                if (read > maxBytes) {
                  DataBufferUtils.release(buffer);
                  throw tooLarge();
                }
              });
    }
  }
}
