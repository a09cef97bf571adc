package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL goes away under a running service, and comes back. */
class StoreAwayIT extends UserServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AfterEach
  void bringPostgresBack() {
    postgres().restore();
    await().atMost(PATIENCE).until(() -> isUp());
  }

  @Test
  void callsShouldAnswerStoreUnavailableAndRecover() {
    SignedIn ann = register();
    Api asAnn = api().withToken(ann.accessToken());
    Map<String, Object> logIn = Map.of("login", ann.username(), "password", PASSWORD);
    Map<String, Object> refresh = Map.of("refreshToken", ann.refreshToken());

    postgres().cut();

    // Several times: the pool's connections end one by one, then none can be made.
    for (int i = 0; i < 3; i++) {
      assertThat(asAnn.get("/api/v1/users/me").problem()).isEqualTo("503 store-unavailable");
      assertThat(api().post("/api/v1/auth/refresh", refresh).problem())
          .isEqualTo("503 store-unavailable");
    }
    Api.Answer away = api().post("/api/v1/auth/login", logIn);
    assertThat(away.problem()).isEqualTo("503 store-unavailable");
    assertThat(away.headers().get("retry-after")).containsExactly("1");
    assertThat(api().post("/api/v1/auth/register", registration(freshName())).problem())
        .isEqualTo("503 store-unavailable");
    assertThat(asAnn.patch("/api/v1/users/me", Map.of("displayName", "x")).problem())
        .isEqualTo("503 store-unavailable");
    clock.forward(Duration.ofMinutes(2));
    assertThat(api().get("/.well-known/jwks.json").status()).isEqualTo(200);
    assertThat(api().get("/actuator/health/liveness").status()).isEqualTo(200);
    assertThat(isUp()).isFalse();

    postgres().restore();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(asAnn.get("/api/v1/users/me").status()).isEqualTo(200));
    assertThat(api().post("/api/v1/auth/login", logIn).status()).isEqualTo(200);
    assertThat(api().post("/api/v1/auth/refresh", refresh).status()).isEqualTo(200);
  }

  private boolean isUp() {
    return api().get("/actuator/health/db").status() == 200;
  }
}
