package io.parley.message.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.StompClient.Frame;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one user may do on two nodes together, over REST and STOMP. */
class UserLimitsIT {

  private static final int SENDS = 40;

  /** What a node may let through too much: a tenth of the bucket. */
  private static final int SLACK = SENDS / 10;

  private static final String[] SETTINGS = {
    "parley.limits.sends=" + SENDS,
    "parley.limits.sends-refill=30m",
    "parley.limits.connects=5",
    "parley.limits.connects-refill=10m"
  };

  private static Nodes.Node one;
  private static Nodes.Node two;

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final String token = Nodes.FLEET.token(ann);

  @BeforeAll
  static void start() {
    one = Nodes.start(SETTINGS);
    two = Nodes.start(SETTINGS);
  }

  @AfterAll
  static void stop() {
    one.context().close();
    two.context().close();
  }

  private String direct(Nodes.Node node) {
    return new Http(node.http(), token)
        .post("/api/v1/conversations/direct", Map.of("userId", ben))
        .json()
        .get("id")
        .asString();
  }

  private Http.Answer send(Nodes.Node node, String conversation, String id) {
    return new Http(node.http(), token)
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", id, "text", "text"));
  }

  private static int stored(String conversation, String token) {
    return new Http(Nodes.A.http(), token)
        .get("/api/v1/conversations/" + conversation + "/events?limit=500")
        .json()
        .get("items")
        .size();
  }

  @Test
  void twoNodesShouldShareTheLimitOfAUser() throws Exception {
    String conversation = direct(one);
    List<Callable<Http.Answer>> sends = new ArrayList<>();
    for (int i = 0; i < 2 * SENDS; i++) {
      Nodes.Node node = i % 2 == 0 ? one : two;
      String id = "m" + i;
      sends.add(() -> send(node, conversation, id));
    }
    int accepted = 0;
    List<Http.Answer> refused = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (Future<Http.Answer> future : pool.invokeAll(sends)) {
        Http.Answer answer = future.get();
        if (answer.status() == 201) {
          accepted++;
        } else {
          refused.add(answer);
        }
      }
    }
    assertThat(accepted).isBetween(SENDS, SENDS + 2 * SLACK + 1);
    for (Http.Answer answer : refused) {
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.slug()).isEqualTo("rate-limited");
      assertThat(answer.json().get("limiter").asString()).isEqualTo("send");
      long retryAfter = answer.json().get("retryAfter").asLong();
      assertThat(retryAfter).isBetween(1L, 600L);
      assertThat(answer.response().headers().firstValue("Retry-After"))
          .hasValue(String.valueOf(retryAfter));
    }
    // Nothing of what was refused was written.
    assertThat(stored(conversation, token)).isEqualTo(accepted);

    // The same bucket over STOMP, and another user has their own.
    try (StompClient client = StompClient.connect(two.http(), token)) {
      client.message(conversation, "late", "too many");
      Frame problem = client.refusal("r-late");
      assertThat(problem.json().get("type").asString()).endsWith("rate-limited");
      assertThat(problem.json().get("limiter").asString()).isEqualTo("send");
      assertThat(problem.json().get("retryAfter").asLong()).isPositive();
      assertThat(problem.json().get("clientMessageId").asString()).isEqualTo("late");
      assertThat(client.isClosed()).isFalse();
    }
    Http.Answer bens =
        new Http(two.http(), Nodes.FLEET.token(ben))
            .post(
                "/api/v1/conversations/" + conversation + "/messages",
                Map.of("clientMessageId", "b", "text", "mine"));
    assertThat(bens.status()).isEqualTo(201);
    assertThat(stored(conversation, token)).isEqualTo(accepted + 1);
  }

  @Test
  void connectsShouldBeLimitedPerUserOnAllNodes() throws Exception {
    List<StompClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        clients.add(StompClient.connect(i % 2 == 0 ? one.http() : two.http(), token));
      }
      try (StompClient client = StompClient.open(one.http())) {
        client.send(
            "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
        Frame error = client.next();
        assertThat(error.headers()).containsEntry("message", "rate-limited");
        assertThat(error.json().get("limiter").asString()).isEqualTo("connect");
        assertThat(error.json().get("retryAfter").asLong()).isPositive();
        assertThat(client.closeCode()).isEqualTo(4429);
      }
      StompClient.connect(two.http(), Nodes.FLEET.token(ben)).close();
    } finally {
      clients.forEach(StompClient::close);
    }
  }

  @Test
  void limitsShouldLetThroughWhileRedisIsAwayAndSaySo() throws Exception {
    URI redis = URI.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
    try (TcpProxy proxy = TcpProxy.to(redis)) {
      Nodes.Node third =
          Nodes.start(
              "PARLEY_REDIS_URL=redis://127.0.0.1:" + proxy.port() + redis.getPath(),
              "parley.limits.connects=1");
      try {
        String conversation = direct(third);
        proxy.cut();
        for (int i = 0; i < 3; i++) {
          try (StompClient client = StompClient.open(third.http())) {
            client.send(
                "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
            assertThat(client.next().command()).isEqualTo("CONNECTED");
          }
        }
        // Not the limit refuses it: it can not be stored.
        assertThat(send(third, conversation, "m").slug()).isEqualTo("store-unavailable");
        for (String limiter : List.of("connect", "send")) {
          assertThat(
                  third
                      .get(MeterRegistry.class)
                      .counter("parley.limits", "limiter", limiter, "outcome", "unavailable")
                      .count())
              .as(limiter)
              .isPositive();
        }
      } finally {
        third.context().close();
      }
    }
  }
}
