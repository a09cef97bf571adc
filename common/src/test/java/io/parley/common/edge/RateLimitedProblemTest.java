package io.parley.common.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.limits.Decision;
import io.parley.common.limits.Limit;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

class RateLimitedProblemTest {

  private static final Decision REFUSED =
      new Decision(
          Limit.failingOpen("sends", 3, Duration.ofMinutes(1)),
          false,
          0,
          Duration.ofMillis(1_001),
          Duration.ofMinutes(1),
          true);

  @Test
  void aControllersRefusalShouldSayHowLongToWait() {
    MockMvcTester mvc =
        MockMvcTester.of(
            java.util.List.of(new Limited()),
            builder -> builder.setControllerAdvice(new ProblemAdvice()).build());
    assertThat(mvc.get().uri("/limited"))
        .hasStatus(429)
        .hasContentType("application/problem+json")
        .hasHeader("Retry-After", "2")
        .bodyJson()
        .hasPathSatisfying("$.limiter", limiter -> limiter.assertThat().isEqualTo("sends"))
        .hasPathSatisfying("$.retryAfter", seconds -> seconds.assertThat().isEqualTo(2));
  }

  @Test
  void aFiltersRefusalShouldSayTheSame() throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    new ProblemResponses(JsonMapper.builder().build()).write(REFUSED.refusal(), response);
    assertThat(response.getStatus()).isEqualTo(429);
    assertThat(response.getHeader("Retry-After")).isEqualTo("2");
    assertThat(response.getContentAsString()).contains("https://parley.chat/problems/rate-limited");
  }

  @RestController
  static final class Limited {

    @GetMapping("/limited")
    String limited() {
      REFUSED.orRefuse();
      return "let through";
    }
  }
}
