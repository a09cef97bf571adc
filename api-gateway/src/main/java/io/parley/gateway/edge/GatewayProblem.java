package io.parley.gateway.edge;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that only the edge gives. */
public enum GatewayProblem implements ProblemType {
  SERVICE_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "service-unavailable",
      "The service can not be reached; try again shortly"),
  SERVICE_TIMEOUT(
      HttpStatus.GATEWAY_TIMEOUT, "service-timeout", "The service did not answer in time"),
  BAD_GATEWAY(HttpStatus.BAD_GATEWAY, "bad-gateway", "The service broke off before it answered"),
  ORIGIN_NOT_ALLOWED(
      HttpStatus.FORBIDDEN, "origin-not-allowed", "Pages of this origin may not call the API"),
  UPGRADE_REQUIRED(
      HttpStatus.UPGRADE_REQUIRED, "upgrade-required", "Only WebSocket is spoken at this path"),
  HEADERS_TOO_LARGE(
      HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
      "headers-too-large",
      "The request's headers are too large"),
  URI_TOO_LONG(HttpStatus.URI_TOO_LONG, "uri-too-long", "The request's address is too long");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  GatewayProblem(HttpStatus status, String slug, String title) {
    this.status = status;
    this.slug = slug;
    this.title = title;
  }

  @Override
  public HttpStatus status() {
    return status;
  }

  @Override
  public String slug() {
    return slug;
  }

  @Override
  public String title() {
    return title;
  }
}
