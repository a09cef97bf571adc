package io.parley.user.personaltoken;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum PersonalTokenProblem implements ProblemType {
  SCOPE_NOT_GRANTABLE(
      HttpStatus.FORBIDDEN,
      "scope-not-grantable",
      "A scope that no personal token can have, or that its owner does not have"),
  TOO_MANY_TOKENS(HttpStatus.CONFLICT, "too-many-tokens", "There are too many personal tokens");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  PersonalTokenProblem(HttpStatus status, String slug, String title) {
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
