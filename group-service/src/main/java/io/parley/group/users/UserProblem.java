package io.parley.group.users;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that name users. The slugs are wire contracts. */
enum UserProblem implements ProblemType {
  UNKNOWN_USER(HttpStatus.NOT_FOUND, "unknown-user", "There is no such user"),
  BLOCKED(HttpStatus.FORBIDDEN, "blocked", "One of the two users has blocked the other");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  UserProblem(HttpStatus status, String slug, String title) {
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
