package io.parley.gateway.access;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What a request shows for itself (RFC 6750, section 2.1). */
public final class BearerToken {

  private static final String BEARER = "Bearer ";

  private BearerToken() {}

  /** Null when there is none; what there is may be anything. */
  public static @Nullable String of(ServerHttpRequest request) {
    String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? header.substring(BEARER.length())
        : null;
  }
}
