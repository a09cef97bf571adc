package io.parley.user.export;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum ExportProblem implements ProblemType {
  EXPORT_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "export-unavailable",
      "A service that holds a part of the archive does not answer; try again later");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ExportProblem(HttpStatus status, String slug, String title) {
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
