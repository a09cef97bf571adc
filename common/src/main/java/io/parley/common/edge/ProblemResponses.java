package io.parley.common.edge;

import io.parley.common.problems.ProblemException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems from filters, where no controller advice reaches. */
final class ProblemResponses {

  private final JsonMapper json;

  ProblemResponses(JsonMapper json) {
    this.json = json;
  }

  void write(ProblemException refusal, HttpServletResponse response) throws IOException {
    ProblemDetail problem = refusal.toProblemDetail();
    response.setStatus(problem.getStatus());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    refusal.headers().forEach(response::setHeader);
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }
}
