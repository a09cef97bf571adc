package io.parley.message.scheduled;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern messages that are sent later. */
enum ScheduledProblem implements ProblemType {
  NOT_FOUND(
      HttpStatus.NOT_FOUND, "scheduled-message-not-found", "There is no such scheduled message"),
  SENT(HttpStatus.CONFLICT, "scheduled-message-sent", "The message was sent, or is being sent"),
  TOO_MANY(HttpStatus.CONFLICT, "too-many-scheduled", "You can not schedule more messages"),
  ACCOUNT_LOCKED(HttpStatus.FORBIDDEN, "account-locked", "The account is locked");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ScheduledProblem(HttpStatus status, String slug, String title) {
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
