package io.parley.common.problems;

import org.springframework.http.HttpStatus;

/** Refusals that every service can give. */
public enum CommonProblem implements ProblemType {
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, "invalid-request", "The request is not valid"),
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "unauthenticated", "A valid access token is needed"),
  TOKEN_EXPIRED(HttpStatus.UNAUTHORIZED, "token-expired", "The access token has expired"),
  FORBIDDEN(HttpStatus.FORBIDDEN, "forbidden", "Not allowed"),
  INSUFFICIENT_SCOPE(
      HttpStatus.FORBIDDEN, "insufficient-scope", "The access token is not good for this"),
  NOT_FOUND(HttpStatus.NOT_FOUND, "not-found", "There is nothing here"),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "This method is not served here"),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "not-acceptable", "Only JSON is answered here"),
  CONFLICT(HttpStatus.CONFLICT, "conflict", "The request conflicts with the present state"),
  BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "body-too-large", "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Only JSON is read here"),
  RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "rate-limited", "Too many requests"),
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "Something went wrong"),
  STORE_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "store-unavailable",
      "A store does not answer; try again shortly");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  CommonProblem(HttpStatus status, String slug, String title) {
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
