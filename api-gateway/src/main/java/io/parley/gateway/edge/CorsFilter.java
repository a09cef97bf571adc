package io.parley.gateway.edge;

import io.parley.common.problems.ProblemException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets pages of the configured origins call the API (Fetch standard, "CORS protocol"). Tokens
 * travel in a header that such a page sets itself; nothing here goes by cookies, so credentials are
 * never allowed. Without configured origins no request of another origin gets past here.
 */
@Component
@Order(FilterOrder.CORS)
final class CorsFilter implements WebFilter {

  private static final List<String> REQUEST_HEADERS =
      List.of(
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.IF_MATCH,
          HttpHeaders.IF_NONE_MATCH,
          "Idempotency-Key",
          RequestIds.HEADER);
  private static final List<String> ANSWER_HEADERS =
      List.of(
          HttpHeaders.ETAG,
          HttpHeaders.LOCATION,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.WWW_AUTHENTICATE,
          "RateLimit",
          "RateLimit-Limit",
          "RateLimit-Policy",
          "RateLimit-Remaining",
          "RateLimit-Reset",
          RequestIds.HEADER);

  private final CorsProcessor processor = new DefaultCorsProcessor();
  private final CorsConfiguration configuration = new CorsConfiguration();
  private final @Nullable String ownOrigin;

  CorsFilter(CorsProperties properties) {
    URI own = properties.ownOrigin();
    this.ownOrigin = own == null || own.getHost() == null ? null : origin(own);
    properties.allowedOrigins().forEach(origin -> configuration.addAllowedOrigin(checked(origin)));
    for (HttpMethod method :
        List.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE)) {
      configuration.addAllowedMethod(method);
    }
    configuration.setAllowedHeaders(REQUEST_HEADERS);
    configuration.setExposedHeaders(ANSWER_HEADERS);
    configuration.setAllowCredentials(false);
    configuration.setMaxAge(properties.maxAge());
  }

  /** A pattern or {@code *} would be taken literally or let anybody in: neither is meant. */
  private static String checked(String origin) {
    URI uri = URI.create(origin.strip());
    if (uri.getScheme() == null || uri.getHost() == null || !origin(uri).equals(origin.strip())) {
      throw new IllegalArgumentException("not an origin like https://app.example.org: " + origin);
    }
    return origin.strip();
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (!request.getPath().value().startsWith("/api/") || isOwn(request)) {
      return chain.filter(exchange);
    }
    if (!processor.process(configuration, exchange)) {
      return Mono.error(
          new ProblemException(
              GatewayProblem.ORIGIN_NOT_ALLOWED, "This page's origin may not call the API"));
    }
    return CorsUtils.isPreFlightRequest(request) ? Mono.empty() : chain.filter(exchange);
  }

  /** A proxy that ends TLS changes the scheme that arrives here, but not the host. */
  private boolean isOwn(ServerHttpRequest request) {
    String origin = request.getHeaders().getOrigin();
    String host = request.getHeaders().getFirst(HttpHeaders.HOST);
    return origin == null
        || origin.equals(ownOrigin)
        || origin.equals("https://" + host)
        || origin.equals("http://" + host);
  }
}
