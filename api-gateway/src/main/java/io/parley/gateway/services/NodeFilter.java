package io.parley.gateway.services;

import io.parley.common.access.Caller;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.edge.GatewayProblem;
import io.parley.gateway.edge.RequestSpans;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * Sends a request to one node of its service, the user's own if there is a user, and to the next
 * one when that could not be connected to. A request that a node may have received is repeated only
 * if it is a GET or HEAD.
 */
public final class NodeFilter implements GatewayFilter {

  /** After the filter that resolves the route's own address, before the one that sends. */
  public static final int ORDER = 10_001;

  private static final Logger log = LoggerFactory.getLogger(NodeFilter.class);

  private final Nodes nodes;

  private final RequestSpans spans;

  private final @Nullable String path;

  public NodeFilter(Nodes nodes, RequestSpans spans) {
    this(nodes, spans, null);
  }

  /**
   * @param path asked for at the node, whatever the client asked for here
   */
  public NodeFilter(Nodes nodes, RequestSpans spans, @Nullable String path) {
    this.nodes = nodes;
    this.spans = spans;
    this.path = path;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    List<URI> inTurn = nodesFor(exchange);
    if (inTurn.isEmpty()) {
      // Its name could not be looked up yet.
      return Mono.error(new ProblemException(GatewayProblem.SERVICE_UNAVAILABLE));
    }
    return attempt(exchange, chain, inTurn, 0);
  }

  private List<URI> nodesFor(ServerWebExchange exchange) {
    @Nullable Caller caller = exchange.getAttribute(Caller.class.getName());
    return caller == null ? nodes.inTurn() : nodes.inOrderFor(caller.id().toString());
  }

  private Mono<Void> attempt(
      ServerWebExchange exchange, GatewayFilterChain chain, List<URI> inTurn, int attempt) {
    URI node = inTurn.get(attempt % inTurn.size());
    exchange
        .getAttributes()
        .put(
            ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
            at(node, exchange.getRequest().getURI()));
    return spans
        .ask(node, exchange, chain::filter)
        .onErrorResume(
            error -> {
              if (exchange.getResponse().isCommitted()) {
                return Mono.error(error);
              }
              boolean unconnected = Nodes.isUnconnected(error);
              if (unconnected) {
                nodes.failed(node);
              }
              if (mayRepeat(exchange, error, unconnected, inTurn.size(), attempt + 1)) {
                ServerWebExchangeUtils.reset(exchange);
                return attempt(exchange, chain, inTurn, attempt + 1);
              }
              return Mono.error(refusal(node, error, unconnected));
            });
  }

  /**
   * A connection that was kept open may have been closed by the node just now: a single node is
   * worth a second try when the request can be repeated.
   */
  private static boolean mayRepeat(
      ServerWebExchange exchange, Throwable error, boolean unconnected, int nodes, int attempts) {
    if (unconnected) {
      return attempts < nodes;
    }
    HttpMethod method = exchange.getRequest().getMethod();
    return error instanceof IOException
        && attempts < Math.max(2, nodes)
        && (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD));
  }

  private static Throwable refusal(URI node, Throwable error, boolean unconnected) {
    if (unconnected
        || error instanceof PoolAcquireTimeoutException
        || error instanceof PoolAcquirePendingLimitException) {
      log.warn("{} can not be reached: {}", node, error.toString());
      return new ProblemException(GatewayProblem.SERVICE_UNAVAILABLE);
    }
    if (error instanceof ResponseStatusException e
        && e.getStatusCode().value() == HttpStatus.GATEWAY_TIMEOUT.value()) {
      log.warn("{} did not answer in time", node);
      return new ProblemException(GatewayProblem.SERVICE_TIMEOUT);
    }
    if (error instanceof IOException) {
      log.warn("{} broke off: {}", node, error.toString());
      return new ProblemException(GatewayProblem.BAD_GATEWAY);
    }
    return error;
  }

  private URI at(URI node, URI request) {
    if (path != null) {
      return URI.create(node + path);
    }
    String query = request.getRawQuery();
    return URI.create(node + request.getRawPath() + (query == null ? "" : "?" + query));
  }
}
