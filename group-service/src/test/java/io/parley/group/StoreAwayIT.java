package io.parley.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL goes away under a running service, and comes back. */
class StoreAwayIT extends GroupServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AfterEach
  void bringPostgresBack() {
    postgres().restore();
    await()
        .atMost(PATIENCE)
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
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(asAnn.post(members(group), user(bob)).status()).isEqualTo(201));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(database.sql("SELECT count(*) FROM outbox").query(Long.class).single())
                    .isZero());
  }
}
