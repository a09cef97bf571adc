package io.parley.gateway.access;

import io.parley.common.access.AccessProperties;
import io.parley.gateway.edge.RequestPattern;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** What may be asked for without an access token; a token that is sent all the same is not read. */
@Component
public final class PublicPaths {

  private static final String API = "/api/";

  private final List<RequestPattern> patterns;

  PublicPaths(AccessProperties properties) {
    this.patterns = RequestPattern.parseAll(properties.publicPaths());
  }

  public boolean includes(ServerHttpRequest request) {
    // Raw: SafePath has refused what could read otherwise once decoded.
    return !request.getURI().getRawPath().startsWith(API)
        || patterns.stream().anyMatch(pattern -> pattern.matches(request));
  }
}
