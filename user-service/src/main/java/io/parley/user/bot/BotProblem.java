package io.parley.user.bot;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum BotProblem implements ProblemType {
  TOO_MANY_BOTS(HttpStatus.CONFLICT, "too-many-bots", "There are too many bots");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  BotProblem(HttpStatus status, String slug, String title) {
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
