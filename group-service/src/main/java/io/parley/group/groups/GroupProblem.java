package io.parley.group.groups;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum GroupProblem implements ProblemType {
  GROUP_FULL(HttpStatus.CONFLICT, "group-full", "The group can not have more members"),
  OWNER_MUST_TRANSFER(
      HttpStatus.CONFLICT,
      "owner-must-transfer",
      "The last owner can not leave; make somebody else the owner first");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  GroupProblem(HttpStatus status, String slug, String title) {
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
