package io.parley.notification.bounce;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum BounceProblem implements ProblemType {
  NOT_A_BOUNCE(
      HttpStatus.BAD_REQUEST,
      "not-a-bounce",
      "This is no delivery status notification on a mail of ours");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  BounceProblem(HttpStatus status, String slug, String title) {
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
