package io.parley.user.account;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
public enum AccountProblem implements ProblemType {
  USERNAME_TAKEN(HttpStatus.CONFLICT, "username-taken", "This username is taken"),
  USERNAME_RESERVED(HttpStatus.CONFLICT, "username-reserved", "Nobody gets this username"),
  USERNAME_CONFUSABLE(
      HttpStatus.CONFLICT, "username-confusable", "This username looks like another one"),
  TOO_MANY_USERNAMES(
      HttpStatus.CONFLICT, "too-many-usernames", "It was changed as often as it may be for now"),
  EMAIL_TAKEN(HttpStatus.CONFLICT, "email-taken", "There is an account with this email address"),
  LAST_ADMIN(HttpStatus.CONFLICT, "last-admin", "There has to be another admin first"),
  PRECONDITION_FAILED(
      HttpStatus.PRECONDITION_FAILED,
      "precondition-failed",
      "It has changed since you read it; read it again");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  AccountProblem(HttpStatus status, String slug, String title) {
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
