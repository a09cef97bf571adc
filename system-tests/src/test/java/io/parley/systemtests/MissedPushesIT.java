package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.fleet.ServiceNode;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Promise 4 when a message node is killed with SIGKILL while RabbitMQ takes nothing: every message
 * is pushed to whoever was absent, and to whoever was connected to the killed node, once.
 */
class MissedPushesIT {

  private static final int MESSAGES = 200;
  private static final int AFTERWARDS = 20;
  private static final Duration FROZEN = Duration.ofMillis(1_500);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final User ann = register("ann");
  private final User absent = register("absent");
  private final User connected = register("connected");

  @Test
  void killedNodeShouldTakeNoPushWithIt() throws Exception {
    String absentsDevice = device(absent);
    String connectedsDevice = device(connected);
    String toAbsent = RunningFleet.direct(ann, absent);
    String toConnected = RunningFleet.direct(ann, connected);
    ServiceNode victim = FLEET.node("message-service-2");
    Http onVictim = new Http(victim.url(), ann.accessToken());
    Http onOther = new Http(FLEET.node("message-service").url(), ann.accessToken());
    Set<String> forAbsent = new HashSet<>();
    Set<String> forConnected = new HashSet<>();
    long killed;
    try (StompClient socket = StompClient.connect(victim.url(), connected.accessToken())) {
      send(onVictim, toConnected, "before");
      socket.event("MESSAGE");
      try (AutoCloseable frozen = RunningFleet.MESSAGES_TO_RABBITMQ.silence()) {
        long began = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
          forAbsent.add(send(onVictim, toAbsent, "m" + i));
        }
        victim.kill();
        killed = System.nanoTime();
        // Nobody knows yet that the node is dead.
        for (int i = 0; i < AFTERWARDS; i++) {
          forConnected.add(send(onOther, toConnected, "after" + i));
        }
        while (System.nanoTime() - began < FROZEN.toNanos()) {
          Thread.sleep(10);
        }
      }
      awaitPushes(absentsDevice, forAbsent);
      awaitPushes(connectedsDevice, forConnected);
      System.out.printf(
          "the last of %d pushes came %d ms after the kill%n",
          MESSAGES + AFTERWARDS, (System.nanoTime() - killed) / 1_000_000);
    } finally {
      victim.restart();
    }
    List<String> toAbsents = new Pushes(FLEET, absentsDevice).quietFor(QUIET);
    List<String> toConnecteds = new Pushes(FLEET, connectedsDevice).quietFor(QUIET);
    assertThat(toAbsents).containsExactlyInAnyOrderElementsOf(forAbsent);
    assertThat(toConnecteds).doesNotHaveDuplicates();
  }

  private static String device(User user) {
    String token = "device-" + user.id();
    Answer answer = user.http().post("/api/v1/devices", Map.of("token", token, "platform", "ios"));
    assertThat(answer.status()).isEqualTo(201);
    return token;
  }

  private static String send(Http http, String conversation, String id) {
    Answer answer =
        http.post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", id, "text", "text of " + id));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  private void awaitPushes(String device, Set<String> expected) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!new Pushes(FLEET, device).messageIds().containsAll(expected)) {
      if (System.nanoTime() > end) {
        Set<String> missing = new HashSet<>(expected);
        missing.removeAll(new Pushes(FLEET, device).messageIds());
        throw new AssertionError(missing.size() + " pushes did not come: " + missing);
      }
      Thread.sleep(50);
    }
  }
}
