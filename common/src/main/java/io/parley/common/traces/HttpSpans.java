package io.parley.common.traces;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names for spans of HTTP, by OpenTelemetry's semantic conventions 1.23 and later. */
public final class HttpSpans {

  public static final String METHOD = "http.request.method";
  public static final String ROUTE = "http.route";
  public static final String STATUS = "http.response.status_code";

  /** For a method that a client has made up. */
  private static final String OTHER = "_OTHER";

  private static final Set<String> METHODS =
      Set.of(
          "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE");

  private HttpSpans() {}

  /** As the attribute has it. */
  public static String method(String method) {
    return METHODS.contains(method) ? method : OTHER;
  }

  /**
   * @param method as the attribute has it
   * @param route without ids; null when it is not known
   */
  public static String name(String method, @Nullable String route) {
    String shown = method.equals(OTHER) ? "HTTP" : method;
    return route == null ? shown : shown + " " + route;
  }
}
