package io.parley.user.relation;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum RelationProblem implements ProblemType {
  NOT_YOURSELF(HttpStatus.BAD_REQUEST, "not-yourself", "This is yourself"),
  BLOCKED(HttpStatus.FORBIDDEN, "blocked", "One of you has blocked the other"),
  TOO_MANY_CONTACTS(HttpStatus.CONFLICT, "too-many-contacts", "You can not have more contacts"),
  TOO_MANY_BLOCKS(HttpStatus.CONFLICT, "too-many-blocks", "You can not block more users");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  RelationProblem(HttpStatus status, String slug, String title) {
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
