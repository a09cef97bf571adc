package io.parley.common.traces;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * A span for each request. Its {@code traceparent} counts, as its request id does: it comes from
 * the gateway, which drops that of a client, or from another service.
 */
final class ServerSpanFilter extends OncePerRequestFilter {

  private static final int SERVER_ERROR = 500;

  private final Traces traces;

  ServerSpanFilter(Traces traces) {
    this.traces = traces;
  }

  /** Of each node, each second. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().startsWith("/actuator/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String method = HttpSpans.method(request.getMethod());
    Span span =
        traces
            .begin(Span.Kind.SERVER, HttpSpans.name(method, null), request.getHeader(Traces.HEADER))
            .set(HttpSpans.METHOD, method)
            .set("url.scheme", request.getScheme());
    try (Span.Scope scope = span.enter()) {
      chain.doFilter(request, response);
      span.set(HttpSpans.STATUS, response.getStatus());
      if (response.getStatus() >= SERVER_ERROR) {
        span.failed(String.valueOf(response.getStatus()));
      }
    } catch (ServletException | IOException | RuntimeException e) {
      span.failed(e.getClass().getName());
      throw e;
    } finally {
      if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) != null) {
        String route =
            request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE).toString();
        span.set(HttpSpans.ROUTE, route).name(HttpSpans.name(method, route));
      }
      span.end();
    }
  }
}
