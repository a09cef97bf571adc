package io.parley.user.session;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum SessionProblem implements ProblemType {
  BAD_CREDENTIALS(HttpStatus.UNAUTHORIZED, "bad-credentials", "Login or password is wrong"),
  ACCOUNT_LOCKED(HttpStatus.FORBIDDEN, "account-locked", "The account is locked"),
  REFRESH_TOKEN_INVALID(
      HttpStatus.UNAUTHORIZED,
      "refresh-token-invalid",
      "The refresh token is unknown or its session has ended; log in again"),
  REFRESH_TOKEN_REUSED(
      HttpStatus.UNAUTHORIZED,
      "refresh-token-reused",
      "The refresh token was used before; its session is ended, log in again");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  SessionProblem(HttpStatus status, String slug, String title) {
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
