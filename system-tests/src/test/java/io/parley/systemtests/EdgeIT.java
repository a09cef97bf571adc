package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.GATEWAY;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What hostile, broken and slow clients get from the gateway and what stands behind it. */
class EdgeIT {

  private final User ann = register("ann");
  private final User ben = register("ben");

  @Test
  void clientThatStopsReadingShouldBeClosedAloneWithinSeconds() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    try (StompClient a = ann.connect();
        StompClient reading = ben.connect();
        RawSocket stalled = new RawSocket(GATEWAY, 4096)) {
      stalled.send(
          "CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer "
              + ben.accessToken()
              + "\n\n\0");
      stalled.await("CONNECTED");
      stalled.send("SUBSCRIBE\nid:0\ndestination:/user/queue/events\nreceipt:s\n\n\0");
      stalled.await("receipt-id:s");

      String text = "x".repeat(3900);
      int sent = 0;
      long last = 0;
      while (sent < 1500) {
        // Small steps: the ones who do read must not fall behind on a slow machine.
        for (int i = 0; i < 20; i++, sent++) {
          a.message(conversation, "m" + sent, text);
        }
        for (int i = sent - 20; i < sent; i++) {
          a.receipt("r-m" + i);
          last = reading.event("MESSAGE").get("seq").asLong();
        }
      }
      assertThat(last).isEqualTo(sent);
      // 6 MB were for it; the buffers on the way hold far less, so it must have been cut off.
      Thread.sleep(8_000);
      assertThat(stalled.drain()).isLessThan(sent * 3900L);
    }
  }

  @Test
  void closeCodesAndErrorsShouldPassTheGateway() throws Exception {
    try (StompClient client = ann.connect()) {
      client.raw("SEND\ndestination:/app/x\n\n" + "x".repeat(70_000) + "\0");
      assertThat(client.closeCode()).isEqualTo(1009);
    }
    try (StompClient client = StompClient.open(GATEWAY)) {
      client.send("CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer no"), "");
      assertThat(client.next().headers()).containsEntry("message", "unauthenticated");
      assertThat(client.closeCode()).isEqualTo(4401);
    }
    try (StompClient client = ann.connect()) {
      client.send("DISCONNECT", Map.of("receipt", "bye"), "");
      client.receipt("bye");
      assertThat(client.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void internalPathsShouldNotBeReachable() {
    for (String path :
        List.of(
            "/internal/users/lookup",
            "/internal/groups/1",
            "//internal/groups/1",
            "/%69nternal/groups/1",
            "/api/v1/../../internal/groups/1",
            "/api/v1/groups/..%2f..%2f..%2finternal/groups/1",
            "/api/v1/groups/..;/..;/internal/groups/1",
            "/actuator/health",
            "/actuator/prometheus")) {
      Answer answer = ann.http().get(path);
      assertThat(answer.status()).as(path).isIn(400, 404);
    }
  }

  @Test
  void badRequestsShouldGetProblems() {
    Http anonymous = new Http(GATEWAY, "");
    assertThat(anonymous.get("/api/v1/conversations").slug()).isEqualTo("unauthenticated");
    assertThat(new Http(GATEWAY, "a.b.c").get("/api/v1/conversations").slug())
        .isEqualTo("unauthenticated");
    assertThat(ann.http().post("/api/v1/conversations/direct", "{").slug())
        .isEqualTo("invalid-request");
    assertThat(ann.http().post("/api/v1/auth/login", Map.of("login", "x".repeat(70_000))).status())
        .isEqualTo(413);
    assertThat(ann.http().get("/api/v1/nothing").status()).isEqualTo(404);
    assertThat(ann.http().get("/api/v1/groups/not-an-id").status()).isEqualTo(400);
  }
}
