package io.parley.message.socket;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that only sockets know. */
enum SocketProblem implements ProblemType {
  TOO_MANY_CONNECTIONS(
      HttpStatus.TOO_MANY_REQUESTS,
      "too-many-connections",
      "This user has too many connections; close one"),
  SESSION_ENDED(HttpStatus.UNAUTHORIZED, "session-ended", "The session has been ended; log in"),
  NODE_STOPPING(
      HttpStatus.SERVICE_UNAVAILABLE, "node-stopping", "This node is stopping; connect to another"),
  RENEWAL_REFUSED(
      HttpStatus.FORBIDDEN, "renewal-refused", "This token can not renew this connection");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  SocketProblem(HttpStatus status, String slug, String title) {
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
