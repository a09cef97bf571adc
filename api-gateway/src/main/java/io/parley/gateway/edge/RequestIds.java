package io.parley.gateway.edge;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * The id under which a request is found in the logs of every service it touched. A client can not
 * choose it, or it could hide its request behind another's; a trusted proxy can.
 */
public final class RequestIds {

  public static final String HEADER = "X-Request-Id";

  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RequestIds() {}

  /** The id of a request that has passed the edge's first filter. */
  public static String of(ServerWebExchange exchange) {
    return exchange.getRequiredAttribute(HEADER);
  }

  /**
   * @param given by a trusted proxy
   */
  static String acceptOrMake(@Nullable String given) {
    return given != null && ACCEPTED.matcher(given).matches()
        ? given
        : UUID.randomUUID().toString();
  }
}
