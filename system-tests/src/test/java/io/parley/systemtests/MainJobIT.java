package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.GATEWAY;
import static io.parley.systemtests.RunningFleet.PASSWORD;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What Parley is for, from registration to a push, through the gateway only. */
class MainJobIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final User ann = register("ann");
  private final User ben = register("ben");

  @Test
  void accountShouldWork() {
    Http anonymous = new Http(GATEWAY, "");
    Answer login =
        anonymous.post("/api/v1/auth/login", Map.of("login", ann.name(), "password", PASSWORD));
    assertThat(login.status()).isEqualTo(200);
    Http session = new Http(GATEWAY, login.json().get("accessToken").asString());
    assertThat(session.get("/api/v1/users/me").json().get("username").asString())
        .isEqualTo(ann.name());
    assertThat(
            session
                .call("PATCH", "/api/v1/users/me", Map.of("displayName", "Änn 𠮷"))
                .json()
                .get("displayName")
                .asString())
        .isEqualTo("Änn 𠮷");
    assertThat(ben.http().get("/api/v1/users/" + ann.id()).json().get("displayName").asString())
        .isEqualTo("Änn 𠮷");
    assertThat(ben.http().get("/api/v1/users?query=" + ann.name()).json().get("items")).hasSize(1);
    Answer refreshed =
        anonymous.post(
            "/api/v1/auth/refresh",
            Map.of("refreshToken", login.json().get("refreshToken").asString()));
    assertThat(refreshed.status()).isEqualTo(200);
    assertThat(session.post("/api/v1/auth/logout", "").status()).isEqualTo(204);
    assertThat(
            anonymous
                .post(
                    "/api/v1/auth/refresh",
                    Map.of("refreshToken", refreshed.json().get("refreshToken").asString()))
                .status())
        .isEqualTo(401);
  }

  @Test
  void twoPeopleShouldChat() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    try (StompClient a = ann.connect();
        StompClient b = ben.connect()) {
      a.message(conversation, "m1", "hello ben");
      a.receipt("r-m1");
      JsonNode message = b.event("MESSAGE");
      assertThat(message.get("text").asString()).isEqualTo("hello ben");
      assertThat(a.event("ACK").get("seq")).isEqualTo(message.get("seq"));
      b.message(conversation, "m1", "hello ann");
      assertThat(
              a.event(e -> e.path("text").asString().equals("hello ann"))
                  .get("authorId")
                  .asString())
          .isEqualTo(ben.id());
      JsonNode item = ben.http().get("/api/v1/conversations").json().get("items").get(0);
      assertThat(item.get("headSeq").asLong()).isEqualTo(2);
    }
  }

  @Test
  void groupShouldBeJoinedAndLeftLive() throws Exception {
    User cleo = register("cleo");
    try (StompClient a = ann.connect();
        StompClient b = ben.connect();
        StompClient c = cleo.connect()) {
      Answer created =
          ann.http()
              .post(
                  "/api/v1/groups",
                  Map.of("name", "friends", "description", "", "memberIds", List.of(ben.id())));
      assertThat(created.status()).as(created.response().body()).isEqualTo(201);
      String group = created.json().get("id").asString();
      b.event(e -> e.path("type").asString().equals("JOINED"));
      a.message(group, "g1", "welcome");
      assertThat(b.event("MESSAGE").get("text").asString()).isEqualTo("welcome");

      assertThat(
              ann.http()
                  .post("/api/v1/groups/" + group + "/members", Map.of("userId", cleo.id()))
                  .status())
          .isLessThan(300);
      c.event("JOINED");
      b.message(group, "g2", "hi cleo");
      assertThat(c.event("MESSAGE").get("text").asString()).isEqualTo("hi cleo");

      assertThat(ann.http().delete("/api/v1/groups/" + group + "/members/" + ben.id()).status())
          .isLessThan(300);
      b.event("LEFT");
      a.message(group, "g3", "without ben");
      assertThat(c.event("MESSAGE").get("text").asString()).isEqualTo("without ben");
      // The node that is asked may be another than that of the socket.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(ben.http().get("/api/v1/conversations/" + group + "/messages").slug())
                      .isEqualTo("not-a-member"));
      assertThat(b.messages()).noneMatch(e -> e.path("text").asString().equals("without ben"));
    }
  }

  @Test
  void clientThatWasAwayShouldCatchUpWithoutAGap() throws Exception {
    String conversation = RunningFleet.direct(ann, ben);
    long last;
    try (StompClient a = ann.connect();
        StompClient b = ben.connect()) {
      a.message(conversation, "m1", "before");
      last = b.event("MESSAGE").get("seq").asLong();
      b.abort();
      for (int i = 0; i < 150; i++) {
        a.message(conversation, "away" + i, "away " + i);
      }
      a.receipt("r-m1");
      for (int i = 0; i < 150; i++) {
        a.receipt("r-away" + i);
      }
    }
    try (StompClient b = ben.connect()) {
      List<Long> seqs = new ArrayList<>();
      boolean more = true;
      long after = last;
      while (more) {
        JsonNode page =
            ben.http()
                .get(
                    "/api/v1/conversations/"
                        + conversation
                        + "/events?reset=false&limit=40&after="
                        + after)
                .json();
        page.get("items").forEach(event -> seqs.add(event.get("seq").asLong()));
        after = page.get("next").asLong();
        more = page.get("more").asBoolean();
      }
      assertThat(seqs).hasSize(150).isSorted().first().isEqualTo(last + 1);
      ann.http()
          .post(
              "/api/v1/conversations/" + conversation + "/messages",
              Map.of("clientMessageId", "live", "text", "live"));
      // What was on its way when b came back may come once more.
      assertThat(b.event(e -> e.path("text").asString().equals("live")).get("seq").asLong())
          .isEqualTo(after + 1);
    }
  }

  @Test
  void absentMemberShouldGetAPushOnceForEachDevice() throws Exception {
    String device = "device-" + ben.id();
    assertThat(
            ben.http()
                .post("/api/v1/devices", Map.of("token", device, "platform", "android"))
                .status())
        .isEqualTo(201);
    String conversation = RunningFleet.direct(ann, ben);
    ann.http()
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", "p1", "text", "are you there?"));
    Http fcm = new Http(RunningFleet.FLEET.node("fake-fcm").url(), "");
    await().atMost(PATIENCE).until(() -> !pushes(fcm, device).isEmpty());
    List<String> pushes = pushes(fcm, device);
    assertThat(pushes).hasSize(1);
    assertThat(pushes.get(0)).contains("are you there?");
    Thread.sleep(500);
    assertThat(pushes(fcm, device)).hasSize(1);
  }

  private static List<String> pushes(Http fcm, String device) {
    List<String> pushes = new ArrayList<>();
    for (JsonNode push : fcm.get("/pushes?token=" + device).json().get("items")) {
      pushes.add(push.toString());
    }
    return pushes;
  }
}
