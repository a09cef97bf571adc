package io.parley.message.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a member sets for a conversation, on two nodes. */
class ConversationSettingsIT {

  private static final String FOR_EVER = "9999-12-31T00:00:00Z";

  private final Duo duo = new Duo();

  private Answer patch(Http http, String json) {
    return http.call("PATCH", duo.path("/settings"), json);
  }

  private JsonNode changed(Http http, String json) {
    Answer answer = patch(http, json);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private JsonNode settings(Http http) {
    return http.get(duo.path("/settings")).json();
  }

  @Test
  void nothingShouldBeSetAtFirst() {
    for (JsonNode settings :
        List.of(settings(duo.asAnn), settings(duo.asBen), duo.item(duo.asAnn).get("settings"))) {
      assertThat(settings.get("mutedUntil").isNull()).isTrue();
      assertThat(settings.get("archived").asBoolean()).isFalse();
      assertThat(settings.get("pinned").asBoolean()).isFalse();
      assertThat(settings.get("order").isNull()).isTrue();
      assertThat(settings.get("markedUnread").asBoolean()).isFalse();
      assertThat(settings.get("version").asLong()).isZero();
    }
  }

  @Test
  void whatIsNamedShouldChangeAndTheRestStayEverywhereForOneselfOnly() throws Exception {
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      String later = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS) + "";
      JsonNode first =
          changed(duo.asAnn, "{\"mutedUntil\":\"" + later + "\",\"pinned\":true,\"order\":3}");
      assertThat(first.get("mutedUntil").asString()).isEqualTo(later);
      JsonNode told = other.event("SETTINGS");
      assertThat(told.get("conversationId").asString()).isEqualTo(duo.id.toString());
      assertThat(told.get("settings")).isEqualTo(first);

      JsonNode second = changed(duo.asAnnAtB, "{\"mutedUntil\":null}");
      assertThat(second.get("mutedUntil").isNull()).isTrue();
      assertThat(second.get("pinned").asBoolean()).isTrue();
      assertThat(second.get("order").asInt()).isEqualTo(3);
      assertThat(second.get("version").asLong()).isGreaterThan(first.get("version").asLong());
      assertThat(other.event("SETTINGS").get("settings")).isEqualTo(second);
      assertThat(settings(duo.asAnn)).isEqualTo(second);
      assertThat(duo.item(duo.asAnn).get("settings")).isEqualTo(second);
      assertThat(changed(duo.asAnn, "{\"order\":null}").get("order").isNull()).isTrue();
      assertThat(changed(duo.asAnn, "{}").get("pinned").asBoolean()).isTrue();

      assertThat(settings(duo.asBen).get("pinned").asBoolean()).isFalse();
      duo.send(duo.asAnn, "the end");
      bens.event("MESSAGE");
      assertThat(bens.passing()).noneMatch(e -> e.get("type").asString().equals("SETTINGS"));
    }
  }

  @Test
  void archivedShouldComeBackWithAMessage() {
    duo.send(duo.asBen, "one");
    assertThat(changed(duo.asAnn, "{\"archived\":true}").get("archived").asBoolean()).isTrue();
    assertThat(isArchived()).isTrue();
    // Reading and what is no message change nothing.
    duo.asAnn.put(duo.path("/read"), Map.of("seq", 1));
    assertThat(isArchived()).isTrue();
    duo.send(duo.asBen, "two");
    assertThat(isArchived()).isFalse();
    assertThat(settings(duo.asAnn).get("archived").asBoolean()).isFalse();
    changed(duo.asAnn, "{\"archived\":true}");
    assertThat(isArchived()).isTrue();
    changed(duo.asAnn, "{\"archived\":false}");
    assertThat(isArchived()).isFalse();
  }

  private boolean isArchived() {
    boolean archived = duo.item(duo.asAnnAtB).get("settings").get("archived").asBoolean();
    assertThat(settings(duo.asAnn).get("archived").asBoolean()).isEqualTo(archived);
    return archived;
  }

  @Test
  void archivedAndMutedShouldStayAway() {
    duo.send(duo.asBen, "one");
    changed(duo.asAnn, "{\"archived\":true,\"mutedUntil\":\"" + FOR_EVER + "\"}");
    duo.send(duo.asBen, "two");
    assertThat(isArchived()).isTrue();
    // A mute that has ended is none.
    changed(duo.asAnn, "{\"mutedUntil\":\"2020-01-01T00:00:00Z\"}");
    assertThat(isArchived()).isFalse();
    assertThat(settings(duo.asAnn).get("mutedUntil").isNull()).isTrue();
  }

  @Test
  void markedUnreadShouldEndWithTheMarker() throws Exception {
    duo.send(duo.asBen, "one");
    duo.asAnn.put(duo.path("/read"), Map.of("seq", 1));
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      // Set where it is.
      assertThat(changed(duo.asAnn, "{\"markedUnread\":true}").get("markedUnread").asBoolean())
          .isTrue();
      assertThat(other.event("SETTINGS").at("/settings/markedUnread").asBoolean()).isTrue();
      assertThat(isMarkedUnread()).isTrue();
      duo.asAnn.put(duo.path("/read"), Map.of("seq", 0));
      assertThat(isMarkedUnread()).isTrue();
      duo.asAnnAtB.put(duo.path("/read"), Map.of("seq", 1));
      assertThat(other.event("SETTINGS").at("/settings/markedUnread").asBoolean()).isFalse();
      assertThat(isMarkedUnread()).isFalse();
      // Moved.
      changed(duo.asAnn, "{\"markedUnread\":true}");
      duo.send(duo.asBen, "two");
      assertThat(isMarkedUnread()).isTrue();
      duo.asAnn.put(duo.path("/read"), Map.of("seq", 2));
      other.event("READ");
      assertThat(isMarkedUnread()).isFalse();
      // Not by one's own message.
      changed(duo.asAnn, "{\"markedUnread\":true}");
      duo.send(duo.asAnn, "three");
      assertThat(isMarkedUnread()).isTrue();
      // Moved back.
      assertThat(duo.asAnn.put(duo.path("/unread"), Map.of("seq", 2)).status()).isEqualTo(200);
      assertThat(isMarkedUnread()).isFalse();
      // Marked, moved back, and read a little.
      changed(duo.asAnn, "{\"markedUnread\":true}");
      duo.asAnn.put(duo.path("/unread"), Map.of("seq", 1));
      duo.asAnn.put(duo.path("/read"), Map.of("seq", 1));
      assertThat(isMarkedUnread()).isFalse();
      // By hand.
      changed(duo.asAnn, "{\"markedUnread\":true}");
      changed(duo.asAnn, "{\"markedUnread\":false}");
      assertThat(isMarkedUnread()).isFalse();
    }
  }

  private boolean isMarkedUnread() {
    boolean marked = duo.item(duo.asAnnAtB).get("settings").get("markedUnread").asBoolean();
    assertThat(settings(duo.asAnn).get("markedUnread").asBoolean()).isEqualTo(marked);
    return marked;
  }

  @Test
  void devicesThatChangeDifferentMembersAtOnceShouldLoseNothing() {
    for (int round = 0; round < 10; round++) {
      boolean set = round % 2 == 0;
      List<CompletableFuture<JsonNode>> all = new ArrayList<>();
      for (String change :
          List.of(
              "{\"pinned\":" + set + "}",
              "{\"order\":" + round + "}",
              "{\"archived\":" + set + "}",
              "{\"markedUnread\":" + set + "}")) {
        for (Http http : List.of(duo.asAnn, duo.asAnnAtB)) {
          all.add(CompletableFuture.supplyAsync(() -> changed(http, change)));
        }
      }
      List<JsonNode> answers = all.stream().map(CompletableFuture::join).toList();
      JsonNode now = settings(duo.asAnn);
      assertThat(now.get("pinned").asBoolean()).isEqualTo(set);
      assertThat(now.get("order").asInt()).isEqualTo(round);
      assertThat(now.get("archived").asBoolean()).isEqualTo(set);
      assertThat(now.get("markedUnread").asBoolean()).isEqualTo(set);
      // Whoever hears of them in whatever order keeps the newest.
      for (JsonNode answer : answers) {
        if (answer.get("version").asLong() == now.get("version").asLong()) {
          assertThat(answer).isEqualTo(now);
        } else {
          assertThat(answer.get("version").asLong()).isLessThan(now.get("version").asLong());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"archived\":null}",
        "{\"archived\":\"true\"}",
        "{\"archived\":1}",
        "{\"pinned\":null}",
        "{\"markedUnread\":null}",
        "{\"order\":-1}",
        "{\"order\":1000001}",
        "{\"order\":1.5}",
        "{\"order\":\"1\"}",
        "{\"mutedUntil\":\"tomorrow\"}",
        "{\"mutedUntil\":\"+12026-01-01T00:00:00Z\"}",
        "{\"mutedUntil\":\"-0001-01-01T00:00:00Z\"}",
        "{\"mutedUntil\":true}",
        "{\"unknown\":1}",
        "{\"pinned\":true,\"pinned\":false}",
        "{\"version\":5}"
      })
  void badChangesShouldBeRefusedWhole(String json) {
    Answer answer = patch(duo.asAnn, json);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
    assertThat(settings(duo.asAnn).get("version").asLong()).isZero();
  }

  @Test
  void onlyMembersWithTheScopeShouldSetAndSeeThem() throws Exception {
    assertThat(patch(duo.asStranger, "{\"pinned\":true}").slug())
        .isEqualTo("conversation-not-found");
    assertThat(duo.asStranger.get(duo.path("/settings")).slug())
        .isEqualTo("conversation-not-found");
    String unknown = "/api/v1/conversations/" + UUID.randomUUID() + "/settings";
    assertThat(duo.asAnn.get(unknown).slug()).isEqualTo("conversation-not-found");
    assertThat(duo.asAnn.get("/api/v1/conversations/x/settings").status()).isEqualTo(400);
    assertThat(patch(duo.annWith("messages:read"), "{\"pinned\":true}").slug())
        .isEqualTo("insufficient-scope");
    assertThat(duo.annWith("messages:write").get(duo.path("/settings")).slug())
        .isEqualTo("insufficient-scope");
    assertThat(patch(new Http(Nodes.A.http(), ""), "{}").status()).isEqualTo(401);

    TestGroup group = new TestGroup(duo.ben);
    TestGroup.publish(group.create(duo.ann));
    String path = "/api/v1/conversations/" + group.id + "/settings";
    TestGroup.until(() -> duo.asAnn.get(path).status() == 200);
    assertThat(duo.asStranger.get(path).slug()).isEqualTo("not-a-member");
    TestGroup.publish(group.remove(duo.ann));
    TestGroup.until(() -> duo.asAnn.get(path).slug().equals("not-a-member"));
    assertThat(duo.asAnn.call("PATCH", path, "{\"pinned\":true}").slug()).isEqualTo("not-a-member");
  }
}
