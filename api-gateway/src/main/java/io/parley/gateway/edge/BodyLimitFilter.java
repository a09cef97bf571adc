package io.parley.gateway.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.List;
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
@Order(FilterOrder.BODY_LIMIT)
final class BodyLimitFilter implements WebFilter {

  private record Rule(List<RequestPattern> requests, long maxBytes) {}

  private final List<Rule> rules;
  private final long usualBytes;

  BodyLimitFilter(EdgeProperties properties) {
    this.usualBytes = properties.maxBody().toBytes();
    this.rules =
        properties.largeBodies().stream()
            .map(
                large ->
                    new Rule(RequestPattern.parseAll(large.requests()), large.size().toBytes()))
            .toList();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    long maxBytes = maxBytes(exchange.getRequest());
    long stated = exchange.getRequest().getHeaders().getContentLength();
    if (stated > maxBytes) {
      return Mono.error(tooLarge(maxBytes));
    }
    if (stated >= 0) {
      return chain.filter(exchange);
    }
    return chain.filter(
        exchange.mutate().request(new Counted(exchange.getRequest(), maxBytes)).build());
  }

  private long maxBytes(ServerHttpRequest request) {
    for (Rule rule : rules) {
      if (rule.requests().stream().anyMatch(pattern -> pattern.matches(request))) {
        return rule.maxBytes();
      }
    }
    return usualBytes;
  }

  private static ProblemException tooLarge(long maxBytes) {
    return new ProblemException(
        CommonProblem.BODY_TOO_LARGE, "A body may have at most " + maxBytes + " bytes");
  }

  private static final class Counted extends ServerHttpRequestDecorator {

    private final long maxBytes;
    private long read;

    Counted(ServerHttpRequest request, long maxBytes) {
      super(request);
      this.maxBytes = maxBytes;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody()
          .doOnNext(
              buffer -> {
                read += buffer.readableByteCount();
                if (read > maxBytes) {
                  DataBufferUtils.release(buffer);
                  throw tooLarge(maxBytes);
                }
              });
    }
  }
}
