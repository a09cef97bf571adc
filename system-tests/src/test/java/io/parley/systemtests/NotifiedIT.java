package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who is notified of a message, and what becomes of it on the screen: through all services. */
class NotifiedIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(3);

  private final User ann = register("ann");
  private final User ben = register("ben");
  private final String device = "device-" + ben.id();
  private final Pushes pushes = new Pushes(FLEET, device);
  private final String conversation = RunningFleet.direct(ann, ben);

  @BeforeEach
  void bensPhone() {
    Answer answer =
        ben.http().post("/api/v1/devices", Map.of("token", device, "platform", "android"));
    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void whoIsConnectedAndDoesNotReadShouldBeNotifiedAndWhoReadsNotAnyMore() throws Exception {
    try (StompClient socket = ben.connect()) {
      state(socket, "background");
      JsonNode sent = send("m1", "are you there?");
      long seq = sent.get("seq").asLong();

      awaitPushes(1);
      JsonNode push = pushes.messages().getFirst();
      assertThat(push.toString()).contains("are you there?");
      assertThat(push.at("/data/kind").asString()).isEqualTo("RING");
      assertThat(push.at("/data/badge").asString()).isEqualTo("1");
      awaitDecision(seq, "rang", "message");

      read(seq);

      awaitPushes(2);
      JsonNode withdrawal = pushes.messages().getFirst();
      assertThat(withdrawal.at("/data/kind").asString()).isEqualTo("WITHDRAW");
      assertThat(withdrawal.at("/data/badge").asString()).isEqualTo("0");
      JsonNode decision = awaitDecision(seq, "withdrawn", "message");
      assertThat(decision.at("/withdrawn/reason").asString()).isEqualTo("read");
      assertThat(decision.at("/devices/0/kind").asString()).isEqualTo("withdraw");
    }
    assertThat(pushes.quietFor(QUIET)).hasSize(2);
  }

  @Test
  void whoReadsInTimeShouldNotBeNotified() throws Exception {
    try (StompClient socket = ben.connect()) {
      state(socket, "background");
      long seq = send("m1", "just a moment").get("seq").asLong();
      socket.event("MESSAGE");
      read(seq);

      awaitDecision(seq, "silent", "read");
    }
    assertThat(pushes.quietFor(QUIET)).isEmpty();
  }

  @Test
  void aClientInTheForegroundShouldHoldItUpUntilItGoesAway() throws Exception {
    try (StompClient socket = ben.connect()) {
      long seq = send("m1", "look here").get("seq").asLong();
      awaitDecision(seq, "waiting", "foreground");
      assertThat(pushes.messageIds()).isEmpty();

      state(socket, "background");

      awaitPushes(1);
      awaitDecision(seq, "rang", "message");
    }
  }

  @Test
  void whatIsMutedShouldNotRing() {
    Answer muted =
        ben.http()
            .call(
                "PATCH",
                "/api/v1/conversations/" + conversation + "/settings",
                Map.of("mutedUntil", "2099-01-01T00:00:00Z"));
    assertThat(muted.status()).as(muted.response().body()).isEqualTo(200);

    long seq = send("m1", "psst").get("seq").asLong();

    awaitDecision(seq, "silent", "muted");
    assertThat(pushes.messageIds()).isEmpty();
  }

  @Test
  void whatIsEditedAndDeletedShouldBePutRightOnTheScreen() throws Exception {
    long first = send("m1", "frist").get("seq").asLong();
    awaitPushes(1);

    Answer edited = ann.http().call("PATCH", messages() + "/" + first, Map.of("text", "first"));
    assertThat(edited.status()).as(edited.response().body()).isEqualTo(200);

    awaitPushes(2);
    JsonNode update = pushes.messages().getFirst();
    assertThat(update.at("/data/kind").asString()).isEqualTo("UPDATE");
    assertThat(update.toString()).contains("first").doesNotContain("frist");

    long second = send("m2", "second").get("seq").asLong();
    awaitPushes(3);
    delete(second);

    awaitPushes(4);
    JsonNode back = pushes.messages().getFirst();
    assertThat(back.at("/data/kind").asString()).isEqualTo("UPDATE");
    assertThat(back.toString()).contains("first");
    assertThat(back.at("/data/badge").asString()).isEqualTo("1");
    delete(first);

    awaitPushes(5);
    assertThat(pushes.messages().getFirst().at("/data/kind").asString()).isEqualTo("WITHDRAW");
    awaitDecision(first, "withdrawn", "message");
    assertThat(pushes.quietFor(QUIET)).hasSize(5);
  }

  private String messages() {
    return "/api/v1/conversations/" + conversation + "/messages";
  }

  private JsonNode send(String id, String text) {
    Answer answer = ann.http().post(messages(), Map.of("clientMessageId", id, "text", text));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json();
  }

  private void delete(long seq) {
    Answer answer = ann.http().delete(messages() + "/" + seq);
    assertThat(answer.status()).as(answer.response().body()).isIn(200, 204);
  }

  private void read(long seq) {
    Answer answer =
        ben.http()
            .call("PUT", "/api/v1/conversations/" + conversation + "/read", Map.of("seq", seq));
    assertThat(answer.status()).as(answer.response().body()).isIn(200, 204);
  }

  private static void state(StompClient socket, String state) throws InterruptedException {
    socket.send(
        "SEND",
        Map.of(
            "destination",
            "/app/session/presence",
            "content-type",
            "application/json",
            "receipt",
            state),
        "{\"state\":\"" + state + "\"}");
    socket.receipt(state);
  }

  private void awaitPushes(int count) {
    await().atMost(PATIENCE).until(() -> pushes.messageIds().size() >= count);
    List<String> pushed = pushes.messageIds();
    assertThat(pushed).hasSize(count);
  }

  private JsonNode awaitDecision(long seq, String state, String reason) {
    String path = "/api/v1/notifications/decisions?conversationId=" + conversation + "&seq=" + seq;
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Answer answer = ben.http().get(path);
              return answer.status() == 200
                  && answer.json().get("state").asString().equals(state)
                  && answer.json().get("reason").asString().equals(reason);
            });
    return ben.http().get(path).json();
  }
}
