package io.parley.common.problems;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/** A refusal on its way to an edge, which shows it as an RFC 9457 problem or a STOMP ERROR. */
public class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ProblemType type;
  private final transient Map<String, Object> properties;

  public ProblemException(ProblemType type) {
    this(type, null, Map.of());
  }

  public ProblemException(ProblemType type, @Nullable String detail) {
    this(type, detail, Map.of());
  }

  /**
   * @param detail what the caller can do about it; never a secret, never a stack trace
   * @param properties further members of the problem object
   */
  public ProblemException(
      ProblemType type, @Nullable String detail, Map<String, Object> properties) {
    // A refusal is an answer, not a fault: no stack trace is kept.
    super(detail == null ? type.title() : detail, null, false, false);
    this.type = type;
    this.properties = Map.copyOf(properties);
  }

  public ProblemType type() {
    return type;
  }

  /** The headers that go with it over HTTP: RFC 6750, section 3, and {@code Retry-After}. */
  public Map<String, String> headers() {
    if (type == CommonProblem.UNAUTHENTICATED || type == CommonProblem.TOKEN_EXPIRED) {
      return Map.of("WWW-Authenticate", "Bearer");
    }
    if (type == CommonProblem.INSUFFICIENT_SCOPE) {
      return Map.of(
          "WWW-Authenticate",
          "Bearer error=\"insufficient_scope\", scope=\"" + properties.get("scope") + "\"");
    }
    if (properties.get("retryAfter") instanceof Number seconds) {
      return Map.of("Retry-After", seconds.toString());
    }
    return type.status() == HttpStatus.SERVICE_UNAVAILABLE ? Map.of("Retry-After", "1") : Map.of();
  }

  public ProblemDetail toProblemDetail() {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(type.status(), getMessage());
    problem.setType(type.type());
    problem.setTitle(type.title());
    properties.forEach(problem::setProperty);
    return problem;
  }
}
