package io.parley.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** PostgreSQL goes away under a running service, and comes back. */
class StoreAwayIT extends GroupServiceIT {

  @Autowired private HikariDataSource pool;
  private long patienceMillis;

  @BeforeEach
  void waitLess() {
    patienceMillis = pool.getConnectionTimeout();
    pool.getHikariConfigMXBean().setConnectionTimeout(300);
  }

  @AfterEach
  void bringPostgresBack() {
    postgres().restore();
    pool.getHikariConfigMXBean().setConnectionTimeout(patienceMillis);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(api().get("/actuator/health").status()).isEqualTo(200));
  }

  @Test
  void callsShouldAnswerStoreUnavailableAndRecover() {
    String ann = USERS.newUser();
    String bob = USERS.newUser();
    String group = group(ann);
    Api asAnn = as(ann);

    postgres().cut();

    for (int i = 0; i < 3; i++) {
      assertThat(asAnn.get(GROUPS + "/" + group).problem()).isEqualTo("503 store-unavailable");
      assertThat(asAnn.post(members(group), user(bob)).problem())
          .isEqualTo("503 store-unavailable");
    }
    assertThat(asAnn.get(GROUPS).problem()).isEqualTo("503 store-unavailable");
    assertThat(asAnn.post(GROUPS, Map.of("name", "x"), "key-1").problem())
        .isEqualTo("503 store-unavailable");
    assertThat(asAnn.delete(members(group) + "/" + ann).problem())
        .isEqualTo("503 store-unavailable");
    assertThat(api().get("/actuator/health/liveness").status()).isEqualTo(200);

    postgres().restore();

    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(asAnn.post(members(group), user(bob)).status()).isEqualTo(201));
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(database.sql("SELECT count(*) FROM outbox").query(Long.class).single())
                    .isZero());
  }
}
