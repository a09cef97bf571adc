package io.parley.gateway.edge;

import org.springframework.core.Ordered;

/** The way of a request through the edge, before a route is chosen. */
public final class FilterOrder {

  public static final int FIRST = Ordered.HIGHEST_PRECEDENCE;

  /** Browsers send preflights without a token, and want the headers on refusals too. */
  public static final int CORS = FIRST + 1;

  public static final int BODY_LIMIT = FIRST + 2;
  public static final int ADDRESS_LIMITS = FIRST + 3;
  public static final int ACCESS = FIRST + 4;
  public static final int USER_LIMITS = FIRST + 5;
  public static final int AT_ONCE = FIRST + 6;

  private FilterOrder() {}
}
