package io.parley.message.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.StompClient.Frame;
import io.parley.message.TestGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What one user may ask for beside messages, on two nodes together, over REST and STOMP. */
class FairUseIT {

  private static final int FRAMES = 40;

  /** What a node may let through too much: a tenth of the bucket. */
  private static final int SLACK = FRAMES / 10;

  private static final String[] SETTINGS = {
    "parley.limits.frames=" + FRAMES,
    "parley.limits.frames-refill=10h",
    "parley.socket.max-per-user=3"
  };

  private static final Nodes.Node one = Nodes.start(SETTINGS);
  private static final Nodes.Node two = Nodes.start(SETTINGS);

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http annAtOne = new Http(one.http(), Nodes.FLEET.token(ann));
  private final Http annAtTwo = new Http(two.http(), Nodes.FLEET.token(ann));
  private final Http benAtA = new Http(Nodes.A.http(), Nodes.FLEET.token(ben));
  private final String conversation =
      benAtA
          .post("/api/v1/conversations/direct", Map.of("userId", ann))
          .json()
          .get("id")
          .asString();
  private final String path = "/api/v1/conversations/" + conversation;

  @AfterAll
  static void stop() {
    one.context().close();
    two.context().close();
  }

  private void send(int messages) {
    for (int i = 1; i <= messages; i++) {
      Http.Answer sent =
          benAtA.post(path + "/messages", Map.of("clientMessageId", "m" + i, "text", "text"));
      assertThat(sent.status()).isEqualTo(201);
    }
  }

  private void read(StompClient client, long seq) {
    client.send(
        "SEND",
        Map.of("destination", "/app/conversations/" + conversation + "/read", "receipt", "r" + seq),
        "{\"seq\":" + seq + "}");
  }

  @Test
  void userShouldHaveOneBudgetForFramesOnAllNodes() throws Exception {
    send(2);
    int accepted = 0;
    try (StompClient client = StompClient.connect(one.http(), annAtOne.token())) {
      // Two went to the subscriptions.
      for (int i = 0; i < FRAMES; i++) {
        Http.Answer answer =
            i % 2 == 0
                ? annAtTwo.put(path + "/read", Map.of("seq", 1))
                : annAtOne.delete(path + "/messages/99");
        if (answer.status() == 429) {
          assertThat(answer.json().get("limiter").asString()).isEqualTo("frame");
        } else {
          assertThat(answer.status()).isEqualTo(i % 2 == 0 ? 200 : 404);
          accepted++;
        }
      }
      assertThat(accepted).isBetween(FRAMES - 2 - 2 * SLACK, FRAMES - 2 + 2 * SLACK + 1);
      // What a node may still have is used up here.
      Frame answer;
      int more = 0;
      do {
        read(client, 1);
        answer = client.next();
      } while (answer.command().equals("RECEIPT") && ++more <= 2 * SLACK + 1);
      for (String what : List.of("read", "messages/1/delete")) {
        client.send(
            "SEND",
            Map.of(
                "destination", "/app/conversations/" + conversation + "/" + what, "receipt", what),
            what.equals("read") ? "{\"seq\":2}" : "");
        Frame problem = client.next();
        while (!what.equals(problem.headers().get("receipt-id"))
            || !problem.command().equals("MESSAGE")) {
          problem = client.next();
        }
        assertThat(problem.json().get("type").asString()).endsWith("rate-limited");
        assertThat(problem.json().get("limiter").asString()).isEqualTo("frame");
        assertThat(problem.json().get("retryAfter").asLong()).isPositive();
      }
      // Messages have a budget of their own, and the connection has stayed.
      client.message(conversation, "a", "still here");
      client.event("ACK");
    }
    // Nothing of what was refused was done, and others have their own budget.
    Http.Answer bens = benAtA.get(path + "/messages");
    assertThat(bens.json().get("items")).allMatch(item -> !item.has("deleted"));
    assertThat(new Http(one.http(), benAtA.token()).put(path + "/read", Map.of("seq", 1)).status())
        .isEqualTo(200);
  }

  @Test
  void readShouldBeToldOnceASecondWithTheLastAndOnlyWhenItMoved() throws Exception {
    send(12);
    try (StompClient anns = StompClient.connect(one.http(), annAtOne.token());
        StompClient bens = StompClient.connect(two.http(), benAtA.token())) {
      long began = System.nanoTime();
      for (int seq = 1; seq <= 11; seq++) {
        read(anns, seq);
      }
      for (int i = 0; i < 5; i++) {
        read(anns, 11);
        read(anns, 3);
      }
      for (int i = 0; i < 21; i++) {
        assertThat(anns.next().command()).isEqualTo("RECEIPT");
      }
      List<Long> told = new ArrayList<>();
      JsonNode read;
      do {
        read = bens.event("READ");
        told.add(read.get("seq").asLong());
      } while (told.getLast() < 11);
      // The first at once, the last at the end, and few between: one for each second it took.
      int seconds = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      assertThat(told)
          .startsWith(1L)
          .isSorted()
          .doesNotHaveDuplicates()
          .hasSizeLessThan(Math.max(8, seconds + 3));
      // One that comes after the second is over is told at once, and it is the next that is.
      read(anns, 12);
      assertThat(bens.event("READ").get("seq").asLong()).isEqualTo(12);
    }
    assertThat(annAtTwo.put(path + "/read", Map.of("seq", 4)).json().get("seq").asLong())
        .isEqualTo(12);
    assertThat(annAtTwo.put(path + "/read", Map.of("seq", -1)).status()).isEqualTo(400);
    assertThat(annAtTwo.put(path + "/read", Map.of("seq", 50)).status()).isEqualTo(400);
  }

  @Test
  void oneConnectionTooManyShouldBeRefusedAndTheOthersStay() throws Exception {
    List<StompClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        clients.add(StompClient.connect(one.http(), annAtOne.token()));
      }
      try (StompClient tooMany = StompClient.open(one.http())) {
        tooMany.send(
            "CONNECT",
            Map.of("accept-version", "1.2", "Authorization", "Bearer " + annAtOne.token()),
            "");
        Frame error = tooMany.next();
        assertThat(error.command()).isEqualTo("ERROR");
        assertThat(error.headers()).containsEntry("message", "too-many-connections");
        assertThat(tooMany.closeCode()).isEqualTo(4429);
        assertThat(tooMany.closeReason()).isEqualTo("too-many-connections");
      }
      // Another user, and the same one after a connection has ended.
      StompClient.connect(one.http(), benAtA.token()).close();
      assertThat(clients).noneMatch(StompClient::isClosed);
      clients.getFirst().send("DISCONNECT", Map.of(), "");
      assertThat(clients.getFirst().closeCode()).isEqualTo(1000);
      // For the node it has ended when the client's own close frame has come.
      TestGroup.until(
          () -> {
            try {
              return clients.add(StompClient.connect(one.http(), annAtOne.token()));
            } catch (IllegalStateException e) {
              return false;
            }
          });
    } finally {
      clients.forEach(StompClient::close);
    }
  }

  @Test
  void eventsShouldBeSubscribedToOnce() throws Exception {
    try (StompClient client = StompClient.connect(one.http(), annAtOne.token())) {
      client.send("SUBSCRIBE", Map.of("id", "again", "destination", "/user/queue/events"), "");
      Frame refusal = client.next();
      assertThat(refusal.json().get("type").asString()).endsWith("invalid-request");
      assertThat(refusal.json().get("detail").asString()).contains("already");
    }
  }
}
