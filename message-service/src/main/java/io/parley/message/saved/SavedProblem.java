package io.parley.message.saved;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern saved messages. */
enum SavedProblem implements ProblemType {
  TOO_MANY_SAVED(HttpStatus.CONFLICT, "too-many-saved", "You can not save more messages");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  SavedProblem(HttpStatus status, String slug, String title) {
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
