package io.parley.gateway.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A request's Host and Origin must be what their standards say, whatever the path: everything
 * behind reads them as such, and several of its readers take it for a bug of their own when they
 * can not.
 */
final class RequestHead {

  /** RFC 3986, 3.2.2, with a port. */
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-f:.]+])(?::[0-9]{0,5})?");

  private RequestHead() {}

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  static void check(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    List<String> hosts = headers.getOrDefault(HttpHeaders.HOST, List.of());
    // RFC 9112, 3.2; HTTP/1.0 knows no Host.
    boolean needed = version(request).equals("HTTP/1.1");
    if (hosts.size() > 1
        || (hosts.isEmpty() && needed)
        || !hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "One Host is needed");
    }
    List<String> origins = headers.getOrDefault(HttpHeaders.ORIGIN, List.of());
    if (origins.size() > 1 || !origins.stream().allMatch(RequestHead::isUri)) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "The Origin is none");
    }
  }

  private static String version(ServerHttpRequest request) {
    HttpServerRequest server = ServerHttpRequestDecorator.getNativeRequest(request);
    return server.version().text();
  }

  /** By the reader that all of Spring uses. */
  private static boolean isUri(String origin) {
    try {
      UriComponentsBuilder.fromUriString(origin).build();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
