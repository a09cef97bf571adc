package io.parley.notification.settings;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern notification settings. The slugs are wire contracts. */
enum SettingsProblem implements ProblemType {
  TOO_MANY_OVERRIDES(
      HttpStatus.CONFLICT,
      "too-many-overrides",
      "You can not set more conversations and threads apart"),
  PRECONDITION_FAILED(
      HttpStatus.PRECONDITION_FAILED,
      "precondition-failed",
      "It has changed since you read it; read it again"),
  IF_MATCH_REQUIRED(
      HttpStatus.PRECONDITION_REQUIRED,
      "if-match-required",
      "A change needs If-Match with the ETag of what was read");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  SettingsProblem(HttpStatus status, String slug, String title) {
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
