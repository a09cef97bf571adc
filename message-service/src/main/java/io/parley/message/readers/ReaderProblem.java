package io.parley.message.readers;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern who has read a message. */
enum ReaderProblem implements ProblemType {
  GROUP_TOO_LARGE(
      HttpStatus.CONFLICT, "group-too-large", "The group is too large to say who has read this");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ReaderProblem(HttpStatus status, String slug, String title) {
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
