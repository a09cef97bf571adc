package io.parley.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What probes are told while a store of this node is frozen: it answers nothing, and stays open.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HealthIT {

  private static final JsonMapper JSON = new JsonMapper();

  /** Well below what a store that is frozen would take: nothing ever answers then. */
  private static final Duration SOON = Duration.ofSeconds(20);

  private final URI redis = URI.create(Nodes.STORES.addresses().redisUrl());
  private final URI rabbitmq = URI.create(Nodes.STORES.addresses().rabbitmqUrl());
  private final TcpProxy toRedis = TcpProxy.to(redis);
  private final TcpProxy toRabbitmq = TcpProxy.to(rabbitmq);
  private final TcpProxy toCassandra =
      TcpProxy.to(
          URI.create("cql://" + Nodes.STORES.addresses().cassandraContactPoints().split(",")[0]));
  private final HttpClient http = HttpClient.newHttpClient();
  private Nodes.Node node;

  private record Answer(int code, JsonNode health, Duration took) {

    String status() {
      return health.path("status").asString();
    }

    String of(String part) {
      return health.path("components").path(part).path("status").asString();
    }
  }

  @BeforeAll
  void start() {
    node =
        Nodes.start(
            "PARLEY_CASSANDRA_URL=127.0.0.1:" + toCassandra.port(),
            "PARLEY_REDIS_URL=redis://127.0.0.1:" + toRedis.port() + redis.getPath(),
            "PARLEY_RABBITMQ_URL="
                + rabbitmq.toString().replace(":" + rabbitmq.getPort(), ":" + toRabbitmq.port()));
  }

  @AfterAll
  void stop() throws Exception {
    node.context().close();
    toRedis.close();
    toRabbitmq.close();
    toCassandra.close();
    http.close();
  }

  @Test
  void groupsShouldTellStoresQueuesAndSockets() {
    await().atMost(Duration.ofSeconds(20)).until(() -> ask("readiness").status().equals("UP"));
    Answer ready = ask("readiness");
    for (String part : new String[] {"readinessState", "cassandra", "redis", "rabbit"}) {
      assertThat(ready.of(part)).as(part).isEqualTo("UP");
    }
    JsonNode queues = ask("queues").health();
    assertThat(queues.at("/components/queueDepths/details/queues").size()).isPositive();
    JsonNode sockets = ask("sockets").health().path("details");
    assertThat(sockets.path("open").asInt(-1)).isNotNegative();
    assertThat(sockets.path("filesLimit").asLong()).isPositive();
  }

  @Test
  void frozenCassandraShouldMeanNotReady() throws Exception {
    stopsServing(toCassandra, "cassandra");
  }

  @Test
  void frozenRedisShouldMeanNotReady() throws Exception {
    stopsServing(toRedis, "redis");
  }

  @Test
  void frozenRabbitShouldOnlyDegrade() throws Exception {
    await().atMost(Duration.ofSeconds(20)).until(() -> ask("readiness").status().equals("UP"));
    try (AutoCloseable frozen = toRabbitmq.silence()) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                Answer answer = ask("readiness");
                // Else another store was held up, which is not the broker's doing.
                if (answer.of("cassandra").equals("UP") && answer.of("redis").equals("UP")) {
                  assertThat(answer.code()).isEqualTo(200);
                }
                return answer.status().equals("DEGRADED");
              });
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> ask("readiness").status().equals("UP"));
  }

  private void stopsServing(TcpProxy proxy, String store) throws Exception {
    await().atMost(Duration.ofSeconds(20)).until(() -> ask("readiness").status().equals("UP"));
    try (AutoCloseable frozen = proxy.silence()) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                Answer answer = ask("readiness");
                assertThat(answer.took()).isLessThan(SOON);
                return answer.code() == 503 && answer.of(store).equals("DOWN");
              });
      assertThat(ask("liveness").code()).isEqualTo(200);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> ask("readiness").status().equals("UP"));
  }

  private Answer ask(String group) {
    long start = System.nanoTime();
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(node.http() + "/actuator/health/" + group)).build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          JSON.readTree(answer.body()),
          Duration.ofNanos(System.nanoTime() - start));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
