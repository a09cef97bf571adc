package io.parley.message.thread;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern threads. */
enum ThreadProblem implements ProblemType {
  TOO_MANY_FOLLOWED(HttpStatus.CONFLICT, "too-many-followed", "You can not follow more threads");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ThreadProblem(HttpStatus status, String slug, String title) {
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
