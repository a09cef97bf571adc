package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.metrics.CommonMeter;
import io.parley.common.metrics.MeterTable;
import io.parley.gateway.metrics.GatewayMeter;
import io.parley.localstack.docs.Exposition;
import io.parley.localstack.docs.GeneratedSection;
import io.parley.localstack.docs.MetricsPage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What is documented is exposed, what is exposed is documented, and it counts. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class GatewayMetersIT {

  private static final String SERVICE = "api-gateway";
  private static final MeterTable METERS = MeterTable.of(GatewayMeter.values(), CommonMeter.LIMITS);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort private int port;
  @LocalManagementPort private int managementPort;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Exposition scrape() throws Exception {
    HttpResponse<String> answer = get(managementPort, "/actuator/prometheus");
    assertThat(answer.statusCode()).isEqualTo(200);
    return new Exposition(answer.body());
  }

  @Test
  void pageShouldSayWhatIsCounted() {
    GeneratedSection section = new GeneratedSection(MetricsPage.PATH, SERVICE);
    String made = METERS.markdown();
    assertThat(section.after(made)).as(section.advice()).isEqualTo(made);
  }

  @Test
  void metricsShouldNotBeReachableFromOutside() throws Exception {
    for (String path :
        new String[] {
          "/actuator/prometheus",
          "/actuator",
          "/actuator/health",
          "/api/v1/../../actuator/prometheus"
        }) {
      HttpResponse<String> answer = get(port, path);
      assertThat(answer.statusCode()).as(path).isBetween(400, 404);
      assertThat(answer.body()).as(path).doesNotContain("parley_gateway_sockets");
    }
  }

  @Test
  void allThatIsDocumentedShouldBeExposedAndCountedAndNothingElse() throws Exception {
    Map<String, String> refused = Map.of("route", "none", "status", "401");
    Map<String, String> served = Map.of("route", "user-service", "status", "200");
    Map<String, String> switched = Map.of("route", "socket", "status", "101");
    String count = "parley_gateway_requests_seconds_count";
    Exposition before = scrape();

    assertThat(get(port, "/api/v1/groups").statusCode()).isEqualTo(401);
    assertThat(get(port, "/.well-known/jwks.json").statusCode()).isEqualTo(200);
    try (RawSocket client = RawSocket.upgraded(port, "")) {
      client.send("hello");
      assertThat(scrape().sum("parley_gateway_sockets", Map.of())).isEqualTo(1);
    }
    String ended = "parley_gateway_sockets_closed_total";
    Map<String, String> byClient = Map.of("reason", "client");
    // Each is counted when the answer is out, which the client may know first.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              Exposition now = scrape();
              assertThat(now.sum(ended, byClient)).isEqualTo(1);
              for (Map<String, String> of : List.of(refused, served, switched)) {
                double was = before.sum(count, of);
                assertThat(now.sum(count, of) - (Double.isNaN(was) ? 0 : was))
                    .as("%s", of)
                    .isEqualTo(1);
              }
            });

    Exposition exposed = scrape();
    assertThat(exposed.typesOf("parley_")).isEqualTo(METERS.families());
    METERS
        .labels()
        .forEach(
            (series, labels) -> assertThat(exposed.labels(series)).as(series).isEqualTo(labels));
    assertThat(exposed.types().keySet()).containsAll(MetricsPage.read().librariesOf(SERVICE));
    assertThat(exposed.sum("parley_gateway_sockets_opened_total", Map.of())).isEqualTo(1);
    assertThat(exposed.sum(ended, byClient)).isEqualTo(1);
    assertThat(exposed.sum(ended, Map.of())).isEqualTo(1);
    assertThat(exposed.sum("parley_gateway_sockets", Map.of())).isZero();
  }
}
