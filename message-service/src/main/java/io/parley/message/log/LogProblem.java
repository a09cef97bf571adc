package io.parley.message.log;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of the log. */
public enum LogProblem implements ProblemType {
  CLIENT_MESSAGE_ID_REUSED(
      HttpStatus.CONFLICT,
      "client-message-id-reused",
      "Another message was sent under this clientMessageId");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  LogProblem(HttpStatus status, String slug, String title) {
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
