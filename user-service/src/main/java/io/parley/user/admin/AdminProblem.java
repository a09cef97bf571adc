package io.parley.user.admin;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
enum AdminProblem implements ProblemType {
  OWN_ACCOUNT(
      HttpStatus.CONFLICT, "own-account", "This can not be done to one's own account from here"),
  ROLE_TOO_LOW(
      HttpStatus.FORBIDDEN, "role-too-low", "Your role does not reach that of this account"),
  BOTS_HAVE_NO_ROLE(HttpStatus.CONFLICT, "bots-have-no-role", "A bot can not have this role");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  AdminProblem(HttpStatus status, String slug, String title) {
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
