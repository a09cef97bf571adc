package io.parley.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A node starts, and only then its stores. */
@ExtendWith(OutputCaptureExtension.class)
class LateStoresIT {

  private final URI redis = URI.create(Nodes.STORES.addresses().redisUrl());
  private final URI rabbitmq = URI.create(Nodes.STORES.addresses().rabbitmqUrl());
  private final TcpProxy toRedis = TcpProxy.to(redis);
  private final TcpProxy toRabbitmq = TcpProxy.to(rabbitmq);
  private final TcpProxy toCassandra =
      TcpProxy.to(
          URI.create("cql://" + Nodes.STORES.addresses().cassandraContactPoints().split(",")[0]));

  @Test
  void startShouldWaitForEachOfThem(CapturedOutput log) throws Exception {
    List<TcpProxy> proxies = List.of(toCassandra, toRedis, toRabbitmq);
    proxies.forEach(TcpProxy::cut);

    CompletableFuture<Nodes.Node> start =
        CompletableFuture.supplyAsync(this::node, task -> Thread.ofPlatform().start(task));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> log.getOut().contains("waiting up to 120 s for"));
    assertThat(log.getOut()).contains("Cassandra at", "Redis at", "RabbitMQ at");
    for (TcpProxy proxy : proxies) {
      assertThat(start).isNotDone();
      proxy.restore();
    }

    Nodes.Node node = start.get(120, TimeUnit.SECONDS);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> ready =
          http.send(
              HttpRequest.newBuilder(URI.create(node.http() + "/actuator/health/readiness"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(ready.statusCode()).isEqualTo(200);
    } finally {
      node.context().close();
    }
    for (TcpProxy proxy : proxies) {
      proxy.close();
    }
  }

  private Nodes.Node node() {
    return Nodes.start(
        "PARLEY_CASSANDRA_URL=127.0.0.1:" + toCassandra.port(),
        "PARLEY_REDIS_URL=redis://127.0.0.1:" + toRedis.port() + redis.getPath(),
        "PARLEY_RABBITMQ_URL="
            + rabbitmq.toString().replace(":" + rabbitmq.getPort(), ":" + toRabbitmq.port()));
  }
}
