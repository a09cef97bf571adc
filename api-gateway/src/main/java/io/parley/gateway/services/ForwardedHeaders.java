package io.parley.gateway.services;

import io.parley.gateway.edge.ClientAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * Says who the client is, in place of what the client itself says: every header by which a proxy
 * would vouch for a client is dropped; what a trusted proxy said is in {@link ClientAddress}
 * already.
 */
@Component
public final class ForwardedHeaders implements HttpHeadersFilter, Ordered {

  private static final String FOR = "X-Forwarded-For";
  private static final String PROTO = "X-Forwarded-Proto";
  private static final String HOST = "X-Forwarded-Host";

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    HttpHeaders headers = new HttpHeaders();
    input.forEach(
        (name, values) -> {
          if (!isReserved(name)) {
            headers.addAll(name, values);
          }
        });
    of(exchange).forEach(headers::set);
    return headers;
  }

  /** After those of Spring Cloud Gateway, which drop X-Forwarded-* whoever set them. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public boolean supports(Type type) {
    return type == Type.REQUEST;
  }

  /** What the edge itself says of the client behind a request. */
  public static Map<String, String> of(ServerWebExchange exchange) {
    ClientAddress client = ClientAddress.of(exchange);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(FOR, client.text());
    headers.put(PROTO, client.secure() ? "https" : "http");
    String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
    if (host != null) {
      headers.put(HOST, host);
    }
    return headers;
  }

  private static boolean isReserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("x-forwarded-")
        || lower.startsWith("x-parley-")
        || lower.startsWith("x-original-")
        || lower.startsWith("x-rewrite-")
        || lower.startsWith("x-envoy-")
        || lower.equals("forwarded")
        || lower.equals("x-real-ip")
        || lower.equals("x-client-ip")
        || lower.equals("true-client-ip")
        || lower.equals("x-http-method-override");
  }
}
