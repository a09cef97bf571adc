package io.parley.common.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** The nodes are real servers. */
class NodeRequestsTest {

  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  /** Answers with this status, or breaks off if it is 0, or never answers if it is below. */
  private URI node(String name, int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(
              name
                  + " "
                  + exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + body);
          if (status > 0) {
            byte[] answer = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
          }
          if (status >= 0) {
            exchange.close();
          }
        });
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private URI deadNode() throws IOException {
    URI dead = node("dead", 200);
    servers.removeLast().stop(0);
    return dead;
  }

  private static RestClient client(URI... nodes) {
    return client(Duration.ofSeconds(30), nodes);
  }

  private static RestClient client(Duration readTimeout, URI... nodes) {
    return NodeRequests.client(
        RestClient.builder(),
        new Nodes(Arrays.asList(nodes), host -> List.of(), Clock.systemUTC()),
        Duration.ofSeconds(30),
        readTimeout);
  }

  private static String ask(RestClient client) {
    return String.valueOf(
        client
            .post()
            .uri(uri -> uri.path("/internal/x y").queryParam("q", "{q}").build("a&b c"))
            .body(Map.of("n", 1))
            .retrieve()
            .body(String.class));
  }

  @Test
  void requestsShouldTakeTurnsUnchanged() throws Exception {
    RestClient client = client(node("one", 200), node("two", 200));
    assertThat(List.of(ask(client), ask(client), ask(client))).containsExactly("one", "two", "one");
    assertThat(seen)
        .containsExactly(
            "one POST /internal/x%20y?q=a%26b%20c {\"n\":1}",
            "two POST /internal/x%20y?q=a%26b%20c {\"n\":1}",
            "one POST /internal/x%20y?q=a%26b%20c {\"n\":1}");
  }

  @Test
  void theDeadShouldBePassedOverAndThenAvoided() throws Exception {
    RestClient client = client(deadNode(), node("two", 200), node("three", 200));
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(ask(client));
    }
    assertThat(answers).containsOnly("two", "three");
  }

  @Test
  void whoBreaksOffOrIsUnableShouldBePassedOver() throws Exception {
    RestClient client = client(node("broken", 0), node("unable", 503), node("three", 200));
    assertThat(ask(client)).isEqualTo("three");
    // The JDK's client may have asked the broken one twice by itself.
    assertThat(seen).extracting(s -> s.split(" ")[0]).contains("broken", "unable", "three");
  }

  @Test
  void theLast503ShouldBeTheAnswer() throws Exception {
    RestClient client = client(node("one", 503), node("two", 503));
    assertThatThrownBy(() -> ask(client))
        .isInstanceOfSatisfying(
            HttpServerErrorException.ServiceUnavailable.class,
            e -> assertThat(e.getResponseBodyAsString()).isEqualTo("two"));
    assertThat(seen).hasSize(2);
  }

  @Test
  void otherRefusalsShouldNotBeRepeated() throws Exception {
    RestClient client = client(node("one", 500), node("two", 200));
    assertThatThrownBy(() -> ask(client)).isInstanceOf(HttpServerErrorException.class);
    assertThat(seen).hasSize(1);
  }

  @Test
  void theSilentShouldEndTheQuestionAndBeAvoided() throws Exception {
    RestClient client = client(Duration.ofSeconds(3), node("silent", -1), node("two", 200));
    assertThatThrownBy(() -> ask(client)).isInstanceOf(ResourceAccessException.class);
    assertThat(List.of(ask(client), ask(client))).containsExactly("two", "two");
  }

  @Test
  void noNodeShouldBeAFailure() throws Exception {
    RestClient client = client(deadNode());
    assertThatThrownBy(() -> ask(client)).isInstanceOf(ResourceAccessException.class);
  }
}
