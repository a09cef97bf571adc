package io.parley.user.email;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
public enum EmailProblem implements ProblemType {
  LINK_INVALID(
      HttpStatus.BAD_REQUEST,
      "link-invalid",
      "The link was used, is too old, or a newer one was sent"),
  PASSWORD_REQUIRED(
      HttpStatus.FORBIDDEN,
      "password-required",
      "This address makes its account an admin: the account's password is needed too"),
  EMAIL_VERIFIED(HttpStatus.CONFLICT, "email-verified", "The email address is verified already");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  EmailProblem(HttpStatus status, String slug, String title) {
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
