package io.parley.common.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.ConstraintViolationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * HTTP edge: every refusal leaves as an RFC 9457 problem with a slug of this project. Anything else
 * is a bug: a bare 500, details in the log only.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(ProblemException e) {
    return answer(e);
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    QueryTimeoutException.class,
    CannotCreateTransactionException.class
  })
  ResponseEntity<ProblemDetail> storeAway(RuntimeException e) {
    log.warn("a store does not answer: {}", e.toString());
    return answer(new ProblemException(CommonProblem.STORE_UNAVAILABLE));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> invalid(ConstraintViolationException e) {
    return answer(new ProblemException(CommonProblem.INVALID_REQUEST, e.getMessage()));
  }

  /**
   * An answer that has begun can not become a problem any more. Thrown on, the exception makes the
   * container break the connection off, so that nobody takes half an answer for a whole one.
   */
  @ExceptionHandler
  ResponseEntity<ProblemDetail> bug(Exception e, HttpServletResponse response) throws Exception {
    if (response.isCommitted()) {
      log.warn("an answer is broken off: {}", e.toString());
      throw e;
    }
    // A refusal can arrive wrapped: by Jackson while a counted body is read, by a proxy.
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException refusal) {
        return answer(refusal);
      }
      // Lost in a commit or rollback, which Spring does not tell from other failures.
      if (cause instanceof SQLException sql && isConnectionLost(sql)) {
        log.warn("a store does not answer: {}", e.toString());
        return answer(new ProblemException(CommonProblem.STORE_UNAVAILABLE));
      }
    }
    log.error("unexpected", e);
    return answer(new ProblemException(CommonProblem.INTERNAL));
  }

  /**
   * SQLSTATE classes 08 (connection) and 57P (the server shuts down or starts). No state at all
   * never came from a server: it is the pool that has no connection any more.
   */
  private static boolean isConnectionLost(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<Map<String, String>> errors =
        e.getFieldErrors().stream()
            .map(error -> error(error.getField(), error.getDefaultMessage()))
            .toList();
    return invalid(errors);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
      HandlerMethodValidationException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<Map<String, String>> errors = new ArrayList<>();
    for (var result : e.getParameterValidationResults()) {
      if (result instanceof ParameterErrors bean) {
        bean.getFieldErrors()
            .forEach(error -> errors.add(error(error.getField(), error.getDefaultMessage())));
      } else {
        String name = String.valueOf(result.getMethodParameter().getParameterName());
        result
            .getResolvableErrors()
            .forEach(error -> errors.add(error(name, error.getDefaultMessage())));
      }
    }
    return invalid(errors);
  }

  /** An id has one spelling; of one in capitals the detail says so. */
  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    if (e.getValue() instanceof String text && isIdInCapitals(text)) {
      String name =
          e instanceof MethodArgumentTypeMismatchException argument
              ? argument.getName()
              : String.valueOf(e.getPropertyName());
      return asObject(
          answer(
              new ProblemException(CommonProblem.INVALID_REQUEST, name + ": ids are lower case")));
    }
    return super.handleTypeMismatch(e, headers, status, request);
  }

  private static boolean isIdInCapitals(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    try {
      return !lower.equals(text) && UUID.fromString(lower).toString().equals(lower);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Everything that Spring itself refuses: unreadable JSON, wrong method, unknown path, … */
  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (request instanceof ServletWebRequest servlet
        && servlet.getResponse() != null
        && servlet.getResponse().isCommitted()) {
      // The container's error page for an answer that was broken off.
      return null;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException refusal) {
        return asObject(answer(refusal));
      }
    }
    ProblemType type = type(status);
    if (type == CommonProblem.INTERNAL) {
      log.error("unexpected", e);
    }
    String detail =
        body instanceof ProblemDetail problem && type != CommonProblem.INTERNAL
            ? problem.getDetail()
            : null;
    ResponseEntity<ProblemDetail> answer = answer(new ProblemException(type, detail));
    HttpHeaders merged = new HttpHeaders();
    merged.putAll(headers);
    merged.putAll(answer.getHeaders());
    return new ResponseEntity<>(answer.getBody(), merged, answer.getStatusCode());
  }

  private static ProblemType type(HttpStatusCode status) {
    for (CommonProblem problem : CommonProblem.values()) {
      if (problem.status().value() == status.value() && problem != CommonProblem.TOKEN_EXPIRED) {
        return problem;
      }
    }
    return status.is4xxClientError() ? CommonProblem.INVALID_REQUEST : CommonProblem.INTERNAL;
  }

  private static ResponseEntity<Object> invalid(List<Map<String, String>> errors) {
    return asObject(
        answer(
            new ProblemException(
                CommonProblem.INVALID_REQUEST,
                errors.isEmpty()
                    ? null
                    : errors.get(0).get("field") + ": " + errors.get(0).get("message"),
                Map.of("errors", errors))));
  }

  private static Map<String, String> error(String field, @Nullable String message) {
    return Map.of("field", field, "message", String.valueOf(message));
  }

  private static ResponseEntity<ProblemDetail> answer(ProblemException refusal) {
    ProblemDetail problem = refusal.toProblemDetail();
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.CONTENT_TYPE, "application/problem+json");
    refusal.headers().forEach(headers::set);
    return new ResponseEntity<>(problem, headers, HttpStatus.valueOf(problem.getStatus()));
  }

  private static ResponseEntity<Object> asObject(ResponseEntity<ProblemDetail> answer) {
    return new ResponseEntity<>(answer.getBody(), answer.getHeaders(), answer.getStatusCode());
  }
}
