package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What probes and operators are told, while a store is frozen rather than gone. */
class HealthIT extends UserServiceIT {

  /** A request of a frozen server would be held for longer. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void readinessShouldTellEachStore() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Api.Answer ready = api().get("/actuator/health/readiness");
              for (String part : new String[] {"readinessState", "db", "rabbit", "redis"}) {
                assertThat(ready.json().at("/components/" + part + "/status").asString())
                    .as(part)
                    .isEqualTo("UP");
              }
              assertThat(status("readiness", 200)).isEqualTo("UP");
            });
    await().atMost(PATIENCE).untilAsserted(() -> queuesAreTold());
  }

  private void queuesAreTold() {
    Api.Answer queues = api().get("/actuator/health/queues");
    // Whether it is up depends on whom other tests let listen; OutboxIT has that.
    assertThat(queues.json().at("/components/outbox/details/pending").isIntegralNumber()).isTrue();
    assertThat(
            queues
                .json()
                .path("components")
                .path("queueDepths")
                .path("details")
                .path("queues")
                .path("parley.user-service.audit")
                .path("consumers")
                .asInt())
        .isPositive();
  }

  @Test
  void frozenPostgresShouldMeanNotReadyInTimeButAlive() throws Exception {
    awaitReadiness("UP");
    try (AutoCloseable frozen = postgres().silence()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollDelay(Duration.ZERO)
          .until(
              () -> {
                long start = System.nanoTime();
                int code = api().get("/actuator/health/readiness").status();
                boolean inTime = System.nanoTime() - start < SOON.toNanos();
                return code == 503 && inTime;
              });
      assertThat(status("readiness", 503)).isEqualTo("DOWN");
      assertThat(status("liveness", 200)).isEqualTo("UP");
    }
    await().atMost(PATIENCE).until(() -> isReady());
  }

  @Test
  void frozenRedisShouldOnlyDegrade() throws Exception {
    awaitReadiness("UP");
    try (AutoCloseable frozen = redis().silence()) {
      awaitReadiness("DEGRADED");
      assertThat(
              api().get("/actuator/health/stores").json().at("/components/redis/status").asString())
          .isEqualTo("DEGRADED");
    }
    awaitReadiness("UP");
  }

  private void awaitReadiness(String status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status("readiness", 200)).isEqualTo(status));
  }

  private boolean isReady() {
    return api().get("/actuator/health/readiness").status() == 200;
  }

  private String status(String group, int code) {
    Api.Answer answer = api().get("/actuator/health/" + group);
    assertThat(answer.status()).as(answer.text()).isEqualTo(code);
    return answer.json().path("status").asString();
  }
}
