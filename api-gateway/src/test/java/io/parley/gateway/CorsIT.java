package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** By hand: the JDK's client may set neither Origin nor Host. */
class CorsIT {

  private static final String APP = "https://app.example.org";

  private static ConfigurableApplicationContext open;
  private static ConfigurableApplicationContext closed;

  @BeforeAll
  static void start() {
    open =
        Gateways.start(
            Map.of(
                "parley.gateway.cors.allowed-origins",
                APP + ",http://localhost:5173",
                "parley.gateway.cors.own-origin",
                "https://chat.example.org/"));
    closed = Gateways.start(Map.of());
  }

  @AfterAll
  static void stop() {
    open.close();
    closed.close();
  }

  @Test
  void aPreflightShouldBeAnsweredWithoutAToken() throws Exception {
    String answer =
        ask(
            open,
            "OPTIONS /api/v1/users/me",
            "Origin: " + APP,
            "Access-Control-Request-Method: PATCH",
            "Access-Control-Request-Headers: authorization, content-type, if-match");
    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .contains("Access-Control-Allow-Origin: " + APP + "\r\n")
        .contains("PATCH")
        .contains("Access-Control-Max-Age: 3600")
        .containsIgnoringCase("Access-Control-Allow-Headers: authorization, content-type, if-match")
        .doesNotContain("Allow-Credentials")
        .contains("X-Request-Id: ");
  }

  @Test
  void aPageOfAnAllowedOriginShouldBeAnsweredAndMayReadItsHeaders() throws Exception {
    String[] headers = {"Origin: http://localhost:5173", "Authorization: " + user()};
    String answer = ask(open, "GET /api/v1/users/me", headers);
    // What Redis took too long to count goes through without.
    for (int i = 0; i < 2 && !answer.contains("RateLimit-Remaining"); i++) {
      answer = ask(open, "GET /api/v1/users/me", headers);
    }
    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .contains("Access-Control-Allow-Origin: http://localhost:5173\r\n")
        .contains("RateLimit-Remaining")
        .contains("Access-Control-Expose-Headers: ")
        .containsPattern("(?i)vary: .*origin");
  }

  /** Otherwise a page could not tell an expired token from a network that is down. */
  @Test
  void refusalsShouldBeReadableToo() throws Exception {
    String answer = ask(open, "GET /api/v1/users/me", "Origin: " + APP);
    assertThat(answer)
        .startsWith("HTTP/1.1 401 ")
        .contains("Access-Control-Allow-Origin: " + APP + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "https://app.example.org.evil.example",
        "http://app.example.org",
        "https://app.example.org:8443",
        "null",
        "file://"
      })
  void anyOtherOriginShouldBeRefused(String origin) throws Exception {
    for (String[] request :
        new String[][] {
          {"GET /api/v1/users/me", "Authorization: " + user(), "X-Any: x"},
          {"OPTIONS /api/v1/users/me", "Access-Control-Request-Method: GET", "X-Any: x"}
        }) {
      String answer = ask(open, request[0], "Origin: " + origin, request[1], request[2]);
      assertThat(answer)
          .startsWith("HTTP/1.1 403 ")
          .contains("origin-not-allowed")
          .doesNotContain("Access-Control-Allow-Origin");
    }
  }

  @Test
  void byDefaultNoOtherOriginShouldBeAllowed() throws Exception {
    assertThat(ask(closed, "GET /api/v1/users/me", "Origin: " + APP, "Authorization: " + user()))
        .startsWith("HTTP/1.1 403 ")
        .doesNotContain("Access-Control-Allow-Origin");
    assertThat(
            ask(
                closed,
                "OPTIONS /api/v1/users/me",
                "Origin: " + APP,
                "Access-Control-Request-Method: GET"))
        .startsWith("HTTP/1.1 403 ");
  }

  /** Behind a proxy that ends TLS the scheme is another one, or even the host. */
  @ParameterizedTest
  @ValueSource(strings = {"http://gateway.test", "https://gateway.test"})
  void theGatewaysOwnPagesShouldAlwaysBeAnswered(String origin) throws Exception {
    for (ConfigurableApplicationContext gateway :
        new ConfigurableApplicationContext[] {open, closed}) {
      assertThat(
              ask(gateway, "GET /api/v1/users/me", "Origin: " + origin, "Authorization: " + user()))
          .startsWith("HTTP/1.1 200 ");
    }
    assertThat(
            ask(
                open,
                "GET /api/v1/users/me",
                "Origin: https://chat.example.org",
                "Authorization: " + user()))
        .startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "https://*.example.org", "app.example.org", "https://a.example/path"})
  void whatIsNoOriginShouldStopTheStart(String origin) {
    assertThatThrownBy(
            () -> Gateways.start(Map.of("parley.gateway.cors.allowed-origins", origin)).close())
        .hasStackTraceContaining("not an origin");
  }

  private static String user() {
    return "Bearer " + FakeFleet.TOKENS.valid();
  }

  private static String ask(
      ConfigurableApplicationContext gateway, String request, String... headers) throws Exception {
    try (RawSocket client = new RawSocket(Gateways.port(gateway))) {
      client.write(
          (request
                  + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n"
                  + String.join("\r\n", headers)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      return client.readHead() + client.readRest();
    }
  }
}
