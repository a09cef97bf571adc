package io.parley.gateway.edge;

import io.parley.common.logs.LogFields;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import io.parley.common.traces.Span;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every refusal leaves the edge as an RFC 9457 problem. Anything that is not a refusal is a bug: a
 * bare 500, details in the log only.
 */
@Component
final class Problems {

  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  private final JsonMapper json;

  Problems(JsonMapper json) {
    this.json = json;
  }

  byte[] body(ProblemException refusal) {
    return json.writeValueAsBytes(refusal.toProblemDetail());
  }

  /** Fails with the same error when an answer is under way already: the connection then breaks. */
  Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(error);
    }
    ProblemException refusal = refusal(exchange, error);
    HttpStatus status = refusal.type().status();
    response.setStatusCode(status);
    HttpHeaders headers = response.getHeaders();
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.remove(HttpHeaders.TRANSFER_ENCODING);
    headers.remove(HttpHeaders.CONTENT_ENCODING);
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (error instanceof ResponseStatusException e) {
      e.getHeaders().forEach(headers::put);
    }
    refusal.headers().forEach(headers::set);
    switch (status) {
      // The rest of the body is not waited for.
      case CONTENT_TOO_LARGE -> headers.set(HttpHeaders.CONNECTION, "close");
      case UPGRADE_REQUIRED -> {
        headers.set(HttpHeaders.UPGRADE, "websocket");
        headers.set("Sec-WebSocket-Version", "13");
      }
      default -> {}
    }
    refusal.headers().forEach(headers::set);
    DataBuffer buffer = response.bufferFactory().wrap(body(refusal));
    headers.setContentLength(buffer.readableByteCount());
    return response.writeWith(Mono.just(buffer));
  }

  private static ProblemException refusal(ServerWebExchange exchange, Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException refusal) {
        return refusal;
      }
    }
    if (error instanceof ResponseStatusException e) {
      ProblemType type = type(e.getStatusCode());
      if (type != CommonProblem.INTERNAL) {
        return new ProblemException(type);
      }
    }
    try (Span.Scope scope = RequestSpans.of(exchange).enter()) {
      log.atError()
          .addKeyValue(LogFields.REQUEST, exchange.getAttribute(RequestIds.HEADER))
          .setCause(error)
          .log("unexpected");
    }
    return new ProblemException(CommonProblem.INTERNAL);
  }

  private static ProblemType type(HttpStatusCode status) {
    for (CommonProblem problem : CommonProblem.values()) {
      if (problem.status().value() == status.value()
          && problem != CommonProblem.TOKEN_EXPIRED
          && problem != CommonProblem.INSUFFICIENT_SCOPE) {
        return problem;
      }
    }
    for (GatewayProblem problem : GatewayProblem.values()) {
      if (problem.status().value() == status.value()
          && problem != GatewayProblem.ORIGIN_NOT_ALLOWED) {
        return problem;
      }
    }
    return status.is4xxClientError() ? CommonProblem.INVALID_REQUEST : CommonProblem.INTERNAL;
  }
}
