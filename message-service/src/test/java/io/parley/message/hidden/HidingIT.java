package io.parley.message.hidden;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Messages that are deleted for one member alone, on two nodes. */
class HidingIT {

  private final Duo duo = new Duo();

  private Answer hide(Http http, Object seq) {
    return http.delete(duo.path("/messages/" + seq + "?for=me"));
  }

  private void hidden(Http http, long seq) {
    Answer answer = hide(http, seq);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(204);
  }

  private static boolean shows(List<JsonNode> events, long seq) {
    JsonNode event =
        events.stream().filter(e -> e.get("seq").asLong() == seq).findAny().orElseThrow();
    if (event.path("hidden").asBoolean(false)) {
      assertThat(event.has("text")).isFalse();
      return false;
    }
    assertThat(event.has("text")).isTrue();
    return true;
  }

  @Test
  void messageShouldBeHiddenFromOneselfOnEveryNodeAndFromNobodyElse() throws Exception {
    // Across several buckets of the log.
    for (int i = 1; i <= 45; i++) {
      duo.send(i % 2 == 0 ? duo.asAnn : duo.asBen, "text " + i);
    }
    // Each node knows by now that there is nothing hidden.
    assertThat(shows(duo.events(duo.asAnn), 21)).isTrue();
    assertThat(shows(duo.events(duo.asAnnAtB), 21)).isTrue();
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      for (long seq : List.of(21, 2, 45)) {
        hidden(duo.asAnn, seq);
        JsonNode told = other.event("HIDDEN");
        assertThat(told.get("conversationId").asString()).isEqualTo(duo.id.toString());
        assertThat(told.get("targets").get(0).asLong()).isEqualTo(seq);
        assertThat(told.has("seq")).isFalse();
      }
      // A second time it is as good.
      hidden(duo.asAnnAtB, 21);
      duo.send(duo.asAnn, "the end");
      bens.event("MESSAGE");
      assertThat(bens.passing()).noneMatch(e -> e.get("type").asString().equals("HIDDEN"));
    }
    for (Http ann : List.of(duo.asAnn, duo.asAnnAtB)) {
      TestGroup.until(() -> !shows(duo.events(ann), 45));
      List<JsonNode> events = duo.events(ann);
      assertThat(events)
          .extracting(e -> e.get("seq").asLong())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 46).boxed().toList());
      List<JsonNode> history = duo.history(ann);
      assertThat(history).hasSize(46);
      for (long seq = 1; seq <= 46; seq++) {
        boolean shown = seq != 2 && seq != 21 && seq != 45;
        assertThat(shows(events, seq)).as("seq " + seq).isEqualTo(shown);
        assertThat(shows(history, seq)).as("seq " + seq).isEqualTo(shown);
      }
      // What its author's client needs to know its own by.
      JsonNode own = events.get(1);
      assertThat(own.get("clientMessageId").asString()).isNotEmpty();
      assertThat(own.get("authorId").asString()).isEqualTo(duo.ann.toString());
      assertThat(ann.get(duo.path("/messages?before=22&limit=1")).response().body())
          .contains("\"hidden\":true")
          .doesNotContain("text 21");
      assertThat(ann.get(duo.path("/messages?before=21&limit=1")).response().body())
          .contains("text 20");
    }
    assertThat(duo.events(duo.asBen)).noneMatch(e -> e.has("hidden"));
  }

  @Test
  void socketsShouldHideAlike() throws Exception {
    long one = duo.send(duo.asBen, "one");
    long two = duo.send(duo.asAnn, "two");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      frame(socket, one, "{\"for\":\"me\"}");
      socket.receipt("r" + one);
      assertThat(socket.event("HIDDEN").get("targets").get(0).asLong()).isEqualTo(one);
      assertThat(shows(duo.events(duo.asAnn), one)).isFalse();
      assertThat(shows(duo.events(duo.asBen), one)).isTrue();
      // What is not understood deletes nothing for anybody.
      for (String body : List.of("{\"for\":\"him\"}", "{\"whom\":\"me\"}", "me", "{\"for\":1}")) {
        frame(socket, two, body);
        assertThat(socket.refusal("r" + two).json().get("type").asString())
            .endsWith("/invalid-request");
      }
      assertThat(shows(duo.events(duo.asAnn), two)).isTrue();
      frame(socket, 99, "{\"for\":\"me\"}");
      assertThat(socket.refusal("r99").json().get("type").asString())
          .endsWith("/message-not-found");
      frame(socket, two, "{\"for\":\"everybody\"}");
      socket.receipt("r" + two);
      assertThat(socket.event("DELETED").get("targets").get(0).asLong()).isEqualTo(two);
    }
  }

  private void frame(StompClient socket, long seq, String body) {
    socket.send(
        "SEND",
        Map.of(
            "destination",
            "/app" + "/conversations/" + duo.id + "/messages/" + seq + "/delete",
            "receipt",
            "r" + seq),
        body);
  }

  @Test
  void hiddenShouldNotCountAsUnreadNorBeTheLastMessage() {
    long first = duo.send(duo.asBen, "one");
    long second = duo.send(duo.asBen, "two");
    long third = duo.send(duo.asBen, "three");
    long last = duo.send(duo.asBen, "four");
    assertThat(unread()).isEqualTo(4);
    hidden(duo.asAnn, second);
    assertThat(unread()).isEqualTo(3);
    hidden(duo.asAnn, last);
    assertThat(unread()).isEqualTo(2);
    JsonNode item = duo.item(duo.asAnnAtB);
    assertThat(item.at("/lastMessage/seq").asLong()).isEqualTo(last);
    assertThat(item.at("/lastMessage/hidden").asBoolean()).isTrue();
    assertThat(item.at("/lastMessage").has("text")).isFalse();
    assertThat(duo.item(duo.asBen).at("/lastMessage/text").asString()).isEqualTo("four");
    // Deleted for everybody as well, it counts once.
    duo.asBen.delete(duo.path("/messages/" + second));
    assertThat(unread()).isEqualTo(2);
    duo.asBen.delete(duo.path("/messages/" + first));
    assertThat(unread()).isEqualTo(1);
    duo.asAnn.put(duo.path("/read"), Map.of("seq", second));
    assertThat(unread()).isEqualTo(1);
    duo.asAnn.put(duo.path("/read"), Map.of("seq", third));
    assertThat(unread()).isZero();
    duo.send(duo.asBen, "five");
    assertThat(unread()).isEqualTo(1);
  }

  private long unread() {
    long unread = duo.item(duo.asAnn).get("unread").asLong();
    assertThat(duo.item(duo.asAnnAtB).get("unread").asLong()).isEqualTo(unread);
    return unread;
  }

  @Test
  void bothWaysOfDeletingShouldGoTogether() throws Exception {
    long seq = duo.send(duo.asAnn, "secret");
    hidden(duo.asAnn, seq);
    assertThat(duo.asAnn.delete(duo.path("/messages/" + seq + "?for=everybody")).status())
        .isEqualTo(200);
    JsonNode left = duo.events(duo.asAnn).get(0);
    assertThat(left.get("hidden").asBoolean()).isTrue();
    assertThat(left.get("deleted").asBoolean()).isTrue();
    assertThat(left.get("deletedSeq").asLong()).isEqualTo(seq + 1);
    JsonNode bens = duo.events(duo.asBen).get(0);
    assertThat(bens.has("hidden")).isFalse();
    assertThat(bens.get("deleted").asBoolean()).isTrue();
    hidden(duo.asBen, seq);
    assertThat(duo.events(duo.asBen).get(0).get("hidden").asBoolean()).isTrue();
  }

  @Test
  void whatBecomesOfAHiddenMessageShouldBeHiddenToo() {
    long seq = duo.send(duo.asBen, "first wording");
    edit(seq, "second wording");
    hidden(duo.asAnn, seq);
    duo.send(duo.asBen, "between");
    edit(seq, "third wording");
    long other = duo.send(duo.asBen, "other");
    edit(other, "other wording");
    for (String rest : List.of("/events?limit=500", "/events?after=1", "/events?after=3")) {
      Answer page = duo.asAnn.get(duo.path(rest));
      assertThat(page.response().body())
          .doesNotContain("first wording", "second wording", "third wording")
          .contains("other wording");
      for (JsonNode event : page.json().get("items")) {
        if (event.path("target").asLong(0) == seq) {
          assertThat(event.get("hidden").asBoolean()).isTrue();
          assertThat(event.has("text")).isFalse();
        }
      }
    }
    assertThat(duo.events(duo.asAnn)).hasSize(6);
    assertThat(duo.history(duo.asAnn).toString()).doesNotContain("third wording");
    assertThat(duo.events(duo.asBen).toString())
        .contains("second wording", "third wording")
        .doesNotContain("hidden");
  }

  private void edit(long seq, String text) {
    Answer answer =
        duo.asBen.call("PATCH", duo.path("/messages/" + seq), "{\"text\":\"" + text + "\"}");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
  }

  @Test
  void stretchesShouldBeReadAcrossTheirEdge() {
    CassandraHiddenStore store = Nodes.A.get(CassandraHiddenStore.class);
    ConversationId id = new ConversationId(UUID.randomUUID());
    for (long seq : List.of(99_998L, 99_999L, 100_000L, 200_001L)) {
      store.hide(duo.ann, id, seq);
    }
    assertThat(store.between(duo.ann, id, 99_999, 200_000)).containsExactly(99_999L, 100_000L);
    assertThat(store.between(duo.ann, id, 1, 300_000)).hasSize(4);
    assertThat(store.between(duo.ben, id, 1, 300_000)).isEmpty();
    assertThat(store.among(duo.ann, id, List.of(99_997L, 99_999L, 100_000L, 200_000L)))
        .containsExactlyInAnyOrder(99_999L, 100_000L);
    assertThat(store.ends(duo.ann)).containsEntry(id, 200_001L);
    // An earlier one that comes later does not take the end back.
    store.hide(duo.ann, id, 5);
    assertThat(store.ends(duo.ann)).containsEntry(id, 200_001L);
    store.forget(duo.ann, id, 200_001);
    assertThat(store.between(duo.ann, id, 1, 300_000)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "you", "ME", "me,everybody", "everybody&for=me"})
  void unknownForShouldDeleteNothing(String whom) {
    long seq = duo.send(duo.asAnn, "kept");
    Answer answer = duo.asAnn.delete(duo.path("/messages/" + seq + "?for=" + whom));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(shows(duo.events(duo.asAnn), seq)).isTrue();
    assertThat(shows(duo.events(duo.asBen), seq)).isTrue();
  }

  @Test
  void onlyWhatOneSeesShouldBeHidden() throws Exception {
    long seq = duo.send(duo.asBen, "bens");
    for (Object none : List.of(0, -1, 99, Long.MAX_VALUE)) {
      assertThat(hide(duo.asAnn, none).slug()).isEqualTo("message-not-found");
    }
    assertThat(hide(duo.asAnn, "x").status()).isEqualTo(400);
    assertThat(hide(duo.asStranger, seq).slug()).isEqualTo("conversation-not-found");
    assertThat(hide(duo.annWith("messages:read"), seq).slug()).isEqualTo("insufficient-scope");

    TestGroup group = new TestGroup(duo.ben).with(TestGroup.fromJoining());
    TestGroup.publish(group.create());
    String path = "/api/v1/conversations/" + group.id + "/messages";
    TestGroup.until(
        () ->
            duo.asBen.post(path, Map.of("clientMessageId", "b", "text", "before")).status() == 201);
    TestGroup.publish(group.add(duo.ann));
    TestGroup.until(() -> duo.asAnn.get(path).status() == 200);
    // What is no message, and what was before one joined.
    for (long none : List.of(1, 2, 3)) {
      assertThat(duo.asAnn.delete(path + "/" + none + "?for=me").slug())
          .isEqualTo("message-not-found");
    }
    assertThat(duo.asStranger.delete(path + "/2?for=me").slug()).isEqualTo("not-a-member");
  }
}
