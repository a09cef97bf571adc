package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The service starts, and only then its stores. */
@ExtendWith(OutputCaptureExtension.class)
class LateStoresIT {

  private final StoreSpace stores = Stores.shared().newSpace("late");
  private final URI redis = URI.create(stores.addresses().redisUrl());
  private final URI rabbitmq = URI.create(stores.addresses().rabbitmqUrl());
  private final TcpProxy postgres =
      TcpProxy.to(URI.create(stores.addresses().postgresUrl().substring("jdbc:".length())));
  private final TcpProxy toRedis = TcpProxy.to(redis);
  private final TcpProxy toRabbitmq = TcpProxy.to(rabbitmq);

  @Test
  void startShouldWaitForEachOfThem(CapturedOutput log) throws Exception {
    List<TcpProxy> proxies = List.of(postgres, toRedis, toRabbitmq);
    proxies.forEach(TcpProxy::cut);

    CompletableFuture<ConfigurableApplicationContext> start =
        CompletableFuture.supplyAsync(this::run, task -> Thread.ofPlatform().start(task));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> log.getOut().contains("waiting up to 120 s for"));
    assertThat(log.getOut()).contains("PostgreSQL at", "Redis at", "RabbitMQ at");
    for (TcpProxy proxy : proxies) {
      assertThat(start).isNotDone();
      proxy.restore();
    }

    try (ConfigurableApplicationContext service = start.get(120, TimeUnit.SECONDS)) {
      int port = service.getEnvironment().getRequiredProperty("local.server.port", int.class);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Api.at(port).get("/actuator/health/readiness").status() == 200);
      assertThat(Api.at(port).get("/.well-known/jwks.json").status()).isEqualTo(200);
    }
    for (TcpProxy proxy : proxies) {
      proxy.close();
    }
  }

  private ConfigurableApplicationContext run() {
    Map<String, String> environment = stores.environment();
    return new SpringApplicationBuilder(UserServiceApplication.class)
        .registerShutdownHook(false)
        .properties(Map.copyOf(environment))
        .run(
            "--SERVER_PORT=0",
            "--PARLEY_SECRET=" + UserServiceIT.SECRET,
            "--PARLEY_POSTGRES_URL=jdbc:postgresql://localhost:" + postgres.port(),
            "--PARLEY_REDIS_URL=redis://localhost:" + toRedis.port() + redis.getPath(),
            "--PARLEY_RABBITMQ_URL="
                + rabbitmq.toString().replace(":" + rabbitmq.getPort(), ":" + toRabbitmq.port()));
  }
}
