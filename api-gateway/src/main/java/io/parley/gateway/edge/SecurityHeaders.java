package io.parley.gateway.edge;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * What browsers are told of every answer. Set last, so that a service's own headers of these names
 * do not double them.
 */
@Component
final class SecurityHeaders {

  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** The documentation's library has its icons in its style sheet, as data URLs. */
  private static final String DOCUMENTATION_POLICY =
      PAGE_POLICY.replace("img-src 'self' blob:", "img-src 'self' data:");

  private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final String hsts;

  SecurityHeaders(EdgeProperties properties) {
    long seconds = properties.hstsMaxAge().toSeconds();
    this.hsts = seconds == 0 ? "" : "max-age=" + seconds;
  }

  void set(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getResponse().getHeaders();
    String path = exchange.getRequest().getPath().value();
    boolean api = path.startsWith("/api/");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    headers.set(
        "Content-Security-Policy",
        api ? API_POLICY : path.startsWith("/docs/") ? DOCUMENTATION_POLICY : PAGE_POLICY);
    if (!hsts.isEmpty() && ClientAddress.of(exchange).secure()) {
      headers.set("Strict-Transport-Security", hsts);
    }
    if (api && headers.getCacheControl() == null) {
      headers.setCacheControl("no-store");
    }
    headers.remove("Server");
    headers.remove("X-Powered-By");
  }
}
