package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** message-service has a node that is gone, group-service has no other. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DeadNodesIT {

  private static final FakeNode DEAD = new FakeNode("dead");

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    URI dead = DEAD.url();
    DEAD.close();
    FakeFleet.register(registry);
    registry.add("parley.gateway.services.group", dead::toString);
    registry.add(
        "parley.gateway.services.message", () -> dead + "," + FakeFleet.MESSAGE_1.url() + "/");
  }

  @Test
  void requestsShouldGoToTheNodeThatIsLeft() throws Exception {
    FakeFleet.MESSAGE_1.seen.clear();
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> answer =
          send(
              request("/api/v1/conversations/1/messages")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"n\":" + i + "}")));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(FakeFleet.MESSAGE_1.seen.remove().body()).isEqualTo("{\"n\":" + i + "}");
    }
  }

  @Test
  void socketsShouldGoToTheNodeThatIsLeft() throws Exception {
    for (int i = 0; i < 4; i++) {
      try (RawSocket client = RawSocket.upgraded(port, "")) {
        client.send("there");
        assertThat(client.read().text()).isEqualTo("there");
      }
    }
  }

  @Test
  void aServiceWithoutALivingNodeShouldBeA503() throws Exception {
    HttpResponse<String> answer = send(request("/api/v1/groups"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("service-unavailable").doesNotContain("127.0.0.1");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }
}
