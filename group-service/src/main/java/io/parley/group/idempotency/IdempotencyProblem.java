package io.parley.group.idempotency;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum IdempotencyProblem implements ProblemType {
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.CONFLICT,
      "idempotency-key-reused",
      "This Idempotency-Key was used for another request");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  IdempotencyProblem(HttpStatus status, String slug, String title) {
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
