package io.parley.user.ended;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.common.sessions.EndedSessionStream;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stream by which the fleet hears of ended sessions, also when Redis was away. */
class SessionEndsIT extends UserServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String ME = "/api/v1/users/me";

  @AfterEach
  void bringRedisBack() {
    redis().restore();
    await().atMost(PATIENCE).until(() -> waiting() == 0);
  }

  @Test
  void logoutShouldBeAnnouncedAndItsAccessTokenRefused() {
    SignedIn ann = register();
    String session = session(ann);

    as(ann).post("/api/v1/auth/logout", "");

    await().atMost(PATIENCE).until(() -> announced().contains(session));
    // Its row goes once Redis has it.
    await().atMost(PATIENCE).until(() -> waiting() == 0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(as(ann).get(ME).problem()).isEqualTo("401 unauthenticated"));
  }

  @Test
  void reuseShouldBeAnnounced() {
    SignedIn ann = register();
    String session = session(ann);
    refresh(ann);
    clock.forward(Duration.ofSeconds(11));

    assertThat(refresh(ann).problem()).isEqualTo("401 refresh-token-reused");

    await().atMost(PATIENCE).until(() -> announced().contains(session));
  }

  @Test
  void endsShouldBeRememberedWhileRedisIsAwayAndToldLater() {
    SignedIn ann = register();
    String session = session(ann);
    redis().cut();

    assertThat(as(ann).post("/api/v1/auth/logout", "").status()).isEqualTo(204);

    // Said to be ended where it matters, even now.
    assertThat(as(ann).get("/api/v1/users/me/sessions").problem()).isEqualTo("401 unauthenticated");
    assertThat(waiting()).isPositive();
    assertThat(announced()).doesNotContain(session);

    redis().restore();

    await().atMost(PATIENCE).until(() -> announced().contains(session));
    await().atMost(PATIENCE).until(() -> waiting() == 0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(as(ann).get(ME).problem()).isEqualTo("401 unauthenticated"));
  }

  private String session(SignedIn user) {
    return as(user).get("/api/v1/users/me/sessions").at("/items/0/id");
  }

  private Api.Answer refresh(SignedIn user) {
    return api().post("/api/v1/auth/refresh", Map.of("refreshToken", user.refreshToken()));
  }

  private int waiting() {
    return database.sql("SELECT count(*) FROM ended_sessions").query(Integer.class).single();
  }

  /** Asked past the proxy. */
  private static List<String> announced() {
    RedisClient client = RedisClient.create(redisUrl());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      List<StreamMessage<String, String>> entries =
          connection.sync().xrange(EndedSessionStream.KEY, Range.unbounded());
      return entries.stream().map(entry -> entry.getBody().get("session")).toList();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }
}
