package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What probes and operators are told, while a store is frozen rather than gone. */
class HealthIT extends UserServiceIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void readinessShouldTellEachStore() {
    await().atMost(Duration.ofSeconds(10)).until(() -> status("readiness", 200).equals("UP"));
    Api.Answer ready = api().get("/actuator/health/readiness");
    for (String part : new String[] {"readinessState", "db", "rabbit", "redis"}) {
      assertThat(ready.json().at("/components/" + part + "/status").asString())
          .as(part)
          .isEqualTo("UP");
    }
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
    await().atMost(Duration.ofSeconds(10)).until(() -> status("readiness", 200).equals("UP"));
    try (AutoCloseable frozen = postgres().silence()) {
      await()
          .atMost(Duration.ofSeconds(20))
          .pollDelay(Duration.ZERO)
          .until(
              () -> {
                long start = System.nanoTime();
                int code = api().get("/actuator/health/readiness").status();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
                return code == 503;
              });
      assertThat(status("readiness", 503)).isEqualTo("DOWN");
      assertThat(status("liveness", 200)).isEqualTo("UP");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> isReady());
  }

  @Test
  void frozenRedisShouldOnlyDegrade() throws Exception {
    await().atMost(Duration.ofSeconds(10)).until(() -> status("readiness", 200).equals("UP"));
    try (AutoCloseable frozen = redis().silence()) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> status("readiness", 200).equals("DEGRADED"));
      assertThat(
              api().get("/actuator/health/stores").json().at("/components/redis/status").asString())
          .isEqualTo("DEGRADED");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> status("readiness", 200).equals("UP"));
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
