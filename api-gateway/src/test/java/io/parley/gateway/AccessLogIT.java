package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class AccessLogIT {

  private final Logger logger = (Logger) LoggerFactory.getLogger("parley.access");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
    // Whose request id counts.
    registry.add("parley.gateway.edge.trusted-proxies", () -> "127.0.0.1");
  }

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  @Test
  void aLineShouldSayWhoAskedForWhatButNoSecret() throws Exception {
    String token = FakeFleet.TOKENS.valid();
    HttpResponse<String> answer =
        send("/api/v1/users?query=private-words&access_token=" + token, "Bearer " + token);
    assertThat(answer.statusCode()).isEqualTo(200);
    ILoggingEvent line = line();
    assertThat(line.getFormattedMessage())
        .startsWith("GET /api/v1/users 200 ")
        .contains(" bytes user=" + TestTokens.USER + " session=")
        .contains(" address=127.0.0.1 request=request-7")
        .doesNotContain("private", "query", token, token.substring(0, 20));
    Map<String, Object> fields = new TreeMap<>();
    line.getKeyValuePairs().forEach(pair -> fields.put(pair.key, pair.value));
    assertThat(fields)
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.request.id", "request-7")
        .containsEntry("http.response.status_code", 200)
        .containsEntry(
            "http.response.body.bytes",
            (long) answer.body().getBytes(StandardCharsets.UTF_8).length)
        .containsEntry("source.ip", "127.0.0.1")
        .containsEntry("url.path", "/api/v1/users")
        .containsEntry("user.id", TestTokens.USER.toString())
        .containsKeys("event.duration", "parley.session");
    assertThat(fields.toString()).doesNotContain("private", token);
  }

  @Test
  void aRefusalShouldHaveItsLineToo() throws Exception {
    send("/api/v1/users/me", "Bearer parley_pat_not-to-be-seen");
    assertThat(line().getFormattedMessage())
        .startsWith("GET /api/v1/users/me 401 ")
        .contains("user=- session=-")
        .doesNotContain("parley_pat", "seen");
  }

  @Test
  void aSecretInThePathShouldNotBeSeen() throws Exception {
    String secret = "q7Zk3vR1x9Lw0TnB5yHs2GdJ8mPcA4fEuViXoQ6rNtI";
    String id = "018f3c71-7b1a-4d5e-9c3f-2a6b8d0e1f23";
    send("/api/v1/erasures/" + secret, "none");
    ILoggingEvent line = line();
    assertThat(line.getFormattedMessage()).startsWith("GET /api/v1/erasures/* ");
    assertThat(line.getKeyValuePairs().toString()).doesNotContain(secret);
    lines.list.clear();
    send("/api/v1/conversations/" + id + "/messages", "none");
    assertThat(line().getFormattedMessage())
        .startsWith("GET /api/v1/conversations/" + id + "/messages ");
  }

  /** The line is written when the answer is out, which the client may know first. */
  private ILoggingEvent line() throws InterruptedException {
    for (int i = 0; i < 1_500 && lines.list.isEmpty(); i++) {
      Thread.sleep(20);
    }
    assertThat(lines.list).hasSize(1);
    return lines.list.get(0);
  }

  private HttpResponse<String> send(String path, String authorization) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", authorization)
                .header("X-Request-Id", "request-7")
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
