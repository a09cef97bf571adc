package io.parley.message.missed;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.MissedQueue;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.store.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who ends without a farewell is told what came since the last byte. */
class LostConnectionsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long a client may take to come back. */
  private static final Duration COME_BACK = Duration.ofSeconds(1);

  /** Beyond that time. */
  private static final Duration QUIET = Duration.ofSeconds(4);

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final UUID group = Nodes.FLEET.quietGroup("lost", ann, ben);
  private final MissedQueue queue = new MissedQueue(ann);

  private String send(String id) {
    return asAnn
        .post(
            "/api/v1/conversations/" + group + "/messages",
            Map.of("clientMessageId", id, "text", "text of " + id))
        .json()
        .get("id")
        .asString();
  }

  private StompClient connect(String url) throws InterruptedException {
    return StompClient.connect(url, Nodes.FLEET.token(ben));
  }

  @Test
  void whatCameBeforeAResetShouldBeTold() throws Exception {
    StompClient client = connect(Nodes.B.http());
    String delivered = send("m1");
    client.event("MESSAGE");
    assertThat(queue.quietFor(Duration.ofMillis(500))).isEmpty();

    client.abort();

    assertThat(queue.await(PATIENCE, told -> !told.isEmpty()))
        .isEqualTo(Map.of(delivered, Set.of(ben)));
  }

  /** Its TCP connection stays, as that of a phone without a network does. */
  @Test
  void whatASilentClientWasSentShouldBeTold() throws Exception {
    StompClient client = StompClient.open(Nodes.B.http());
    client.send(
        "CONNECT",
        Map.of(
            "accept-version",
            "1.2",
            "heart-beat",
            "1000,0",
            "Authorization",
            "Bearer " + Nodes.FLEET.token(ben)),
        "");
    client.next();
    client.subscribe("events", "/user/queue/events");
    String first = send("m1");
    client.event("MESSAGE");
    String second = send("m2");

    assertThat(queue.await(PATIENCE, told -> told.size() == 2))
        .isEqualTo(Map.of(first, Set.of(ben), second, Set.of(ben)));
    assertThat(client.closeCode()).isEqualTo(4408);
  }

  /** Who closes before it is looked who is connected counts as absent. */
  private void awaitDecision() throws Exception {
    RedisOwed owed = Nodes.A.get(RedisOwed.class);
    UUID node = Nodes.A.get(NodeId.class).value();
    TestGroup.until(() -> owed.of(node, new ConversationId(group)) == null);
  }

  @Test
  void whoSaysFarewellShouldBeToldNothing() throws Exception {
    StompClient closing = connect(Nodes.B.http());
    send("m1");
    closing.event("MESSAGE");
    awaitDecision();
    closing.close();
    StompClient disconnecting = connect(Nodes.A.http());
    send("m2");
    disconnecting.event("MESSAGE");
    awaitDecision();
    disconnecting.send("DISCONNECT", Map.of("receipt", "bye"), "");
    disconnecting.receipt("bye");
    disconnecting.abort();

    assertThat(queue.quietFor(QUIET)).isEmpty();
  }

  @Test
  void whoComesBackShouldFetchAndBeToldNothing() throws Exception {
    try (StompClient back = comeBackInTime()) {
      assertThat(queue.quietFor(QUIET)).isEmpty();
      assertThat(back.isClosed()).isFalse();
    }
    try (StompClient again = connect(Nodes.B.http())) {
      assertThat(queue.quietFor(QUIET)).isEmpty();
      assertThat(again.isClosed()).isFalse();
    }
  }

  /** Whoever took too long is told, and rightly, and tries once more. */
  private StompClient comeBackInTime() throws Exception {
    for (int i = 0; i < 5; i++) {
      StompClient client = connect(Nodes.B.http());
      send("m" + i);
      client.event("MESSAGE");
      long lost = System.nanoTime();
      client.abort();
      StompClient back = connect(Nodes.A.http());
      if (System.nanoTime() - lost < COME_BACK.toNanos()) {
        return back;
      }
      back.close();
      queue.forget(QUIET);
    }
    throw new AssertionError("never within " + COME_BACK);
  }

  @Test
  void anotherDeviceShouldHaveReceivedIt() throws Exception {
    try (StompClient tablet = connect(Nodes.A.http())) {
      StompClient phone = connect(Nodes.B.http());
      send("m1");
      phone.event("MESSAGE");
      tablet.event("MESSAGE");

      phone.abort();

      assertThat(queue.quietFor(QUIET)).isEmpty();
    }
  }

  @Test
  void whatWasReadShouldNotBeTold() throws Exception {
    StompClient client = connect(Nodes.B.http());
    send("m1");
    long seq = client.event("MESSAGE").get("seq").asLong();
    new Http(Nodes.A.http(), Nodes.FLEET.token(ben))
        .put("/api/v1/conversations/" + group + "/read", Map.of("seq", seq));
    String unread = send("m2");
    client.event("MESSAGE");

    client.abort();

    assertThat(queue.await(PATIENCE, told -> !told.isEmpty()))
        .isEqualTo(Map.of(unread, Set.of(ben)));
  }
}
