package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One service is well, one has a store less, one a node that is not ready, one does not answer. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = "management.server.port=0")
class FleetIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger asked = new AtomicInteger();
  private static final HttpServer WELL = node(200, "{\"status\":\"UP\"}");
  private static final HttpServer DEGRADED =
      node(
          200,
          "{\"status\":\"DEGRADED\",\"components\":{\"db\":{\"status\":\"UP\"},"
              + "\"rabbit\":{\"status\":\"DEGRADED\",\"details\":{\"error\":\"no answer\"}}}}");
  private static final HttpServer NOT_READY =
      node(503, "{\"status\":\"DOWN\",\"components\":{\"cassandra\":{\"status\":\"DOWN\"}}}");

  /** Takes connections, and says nothing. */
  private static final ServerSocket FROZEN = frozen();

  @LocalServerPort private int port;
  @LocalManagementPort private int managementPort;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
    // Only the endpoint under test asks again and again.
    registry.add("parley.gateway.services.check-every", () -> "1h");
    registry.add("parley.gateway.services.user", () -> url(WELL));
    registry.add("parley.gateway.services.group", () -> url(DEGRADED));
    registry.add("parley.gateway.services.message", () -> url(NOT_READY) + "," + url(WELL));
    registry.add(
        "parley.gateway.services.notification", () -> "http://127.0.0.1:" + FROZEN.getLocalPort());
  }

  @AfterAll
  static void close() throws IOException {
    WELL.stop(0);
    DEGRADED.stop(0);
    NOT_READY.stop(0);
    FROZEN.close();
  }

  @Test
  void fleetShouldTellEachNodeAndWhy() throws Exception {
    long start = System.nanoTime();
    HttpResponse<String> answer = get(managementPort, "/actuator/fleet");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode fleet = JSON.readTree(answer.body());

    assertThat(fleet.path("status").asString()).isEqualTo("DOWN");
    assertThat(fleet.at("/services/user/status").asString()).isEqualTo("UP");
    assertThat(fleet.at("/services/user/nodes/0/node").asString()).isEqualTo(url(WELL));
    assertThat(fleet.at("/services/group/status").asString()).isEqualTo("DEGRADED");
    assertThat(fleet.at("/services/group/nodes/0/ready").asBoolean()).isTrue();
    assertThat(fleet.at("/services/group/nodes/0/why/rabbit").asString())
        .isEqualTo("DEGRADED: no answer");
    assertThat(fleet.at("/services/message/status").asString()).isEqualTo("DEGRADED");
    assertThat(fleet.at("/services/message/ready").asInt()).isEqualTo(1);
    assertThat(answer.body()).contains("\"cassandra\":\"DOWN\"");
    assertThat(fleet.at("/services/notification/status").asString()).isEqualTo("DOWN");
    assertThat(fleet.at("/services/notification/nodes/0/status").asString())
        .isEqualTo("UNREACHABLE");
  }

  @Test
  void nodesShouldNotBeAskedForEachCall() throws Exception {
    get(managementPort, "/actuator/fleet");
    int before = asked.get();
    for (int i = 0; i < 20; i++) {
      get(managementPort, "/actuator/fleet");
    }
    // Twenty answers within a second: asked again twice at most, of five nodes four of which
    // answer.
    assertThat(asked.get() - before).isLessThanOrEqualTo(8);
  }

  @Test
  void publicPortShouldNotHaveIt() throws Exception {
    assertThat(get(port, "/actuator/fleet").statusCode()).isEqualTo(404);
  }

  @Test
  void gatewayItselfShouldBeReadyWithoutRedisAndTellSo() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              HttpResponse<String> ready = get(managementPort, "/actuator/health/readiness");
              assertThat(ready.statusCode()).isEqualTo(200);
              assertThat(JSON.readTree(ready.body()).at("/components/redis/status").asString())
                  .isIn("UP", "DEGRADED");
            });
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String url(HttpServer node) {
    return "http://127.0.0.1:" + node.getAddress().getPort();
  }

  private static HttpServer node(int code, String health) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      byte[] body = health.getBytes(StandardCharsets.UTF_8);
      server.createContext(
          "/actuator/health/readiness",
          exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket frozen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
