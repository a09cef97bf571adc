package io.parley.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class RequestPatternTest {

  @ParameterizedTest
  @CsvSource({
    "POST /api/v1/auth/login, POST, /api/v1/auth/login, true",
    "POST /api/v1/auth/login, GET, /api/v1/auth/login, false",
    "POST /api/v1/auth/login, POST, /api/v1/auth/login/x, false",
    "PUT|DELETE /a/*/b, DELETE, /a/1/b, true",
    "PUT|DELETE /a/*/b, PUT, /a/1/2/b, false",
    "PUT|DELETE /a/*/b, GET, /a/1/b, false",
    "GET /a, HEAD, /a, true",
    "/api/**, PATCH, /api, true",
    "/api/**, PATCH, /api/x/y, true",
    "/api/**, PATCH, /apix, false",
    "GET /users?query, GET, /users?query=, true",
    "GET /users?query, GET, /users?a=b&query=x, true",
    "GET /users?query, GET, /users?other=query, false",
    "GET /users?query, GET, /users, false"
  })
  void onlyWhatIsMeantShouldMatch(String pattern, String method, String target, boolean matches) {
    assertThat(
            RequestPattern.parse(pattern)
                .matches(MockServerHttpRequest.method(HttpMethod.valueOf(method), target).build()))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET", "api/v1", "GET api", "GET /a /b", "GET /{a"})
  void whatIsNoPatternShouldBeRefused(String text) {
    assertThatThrownBy(() -> RequestPattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
