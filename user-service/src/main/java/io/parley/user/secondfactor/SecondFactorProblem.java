package io.parley.user.secondfactor;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of this feature. The slugs are wire contracts. */
public enum SecondFactorProblem implements ProblemType {
  SECOND_FACTOR_REQUIRED(
      HttpStatus.UNAUTHORIZED,
      "second-factor-required",
      "The password is right; a code of the second factor is needed too"),
  SECOND_FACTOR_INVALID(
      HttpStatus.UNAUTHORIZED,
      "second-factor-invalid",
      "The code is wrong, too old, or was used before"),
  CODE_REQUIRED(
      HttpStatus.FORBIDDEN,
      "code-required",
      "The password is right; a code of the second factor is needed too"),
  CODE_INVALID(
      HttpStatus.FORBIDDEN, "code-invalid", "The code is wrong, too old, or was used before"),
  EMAIL_UNVERIFIED(
      HttpStatus.FORBIDDEN, "email-unverified", "Verify the email address of the account first"),
  SECOND_FACTOR_ON(HttpStatus.CONFLICT, "second-factor-on", "The second factor is on already"),
  SECOND_FACTOR_OFF(HttpStatus.CONFLICT, "second-factor-off", "The second factor is not on");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  SecondFactorProblem(HttpStatus status, String slug, String title) {
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
