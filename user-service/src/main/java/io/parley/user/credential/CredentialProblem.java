package io.parley.user.credential;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
public enum CredentialProblem implements ProblemType {
  WEAK_PASSWORD(HttpStatus.BAD_REQUEST, "weak-password", "The password is too easy to guess"),
  WRONG_PASSWORD(HttpStatus.FORBIDDEN, "wrong-password", "The password is not the account's"),
  TOO_BUSY(
      HttpStatus.SERVICE_UNAVAILABLE, "too-busy", "Too many logins at once; try again shortly");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  CredentialProblem(HttpStatus status, String slug, String title) {
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
