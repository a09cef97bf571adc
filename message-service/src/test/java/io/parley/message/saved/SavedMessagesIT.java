package io.parley.message.saved;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Saved messages on two nodes. */
class SavedMessagesIT {

  private static final String SAVED = "/api/v1/users/me/saved";

  private final Duo duo = new Duo();

  private static String path(Object conversation, Object seq) {
    return SAVED + "/" + conversation + "/" + seq;
  }

  private JsonNode save(Http http, long seq, Object body) {
    Answer answer = http.put(path(duo.id, seq), body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private static List<JsonNode> saved(Http http) {
    Answer answer = http.get(SAVED);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    List<JsonNode> items = new ArrayList<>();
    answer.json().get("items").forEach(items::add);
    return items;
  }

  private static void settle() throws InterruptedException {
    // Places are told apart by the millisecond.
    Thread.sleep(2);
  }

  @Test
  void savedShouldBeListedNewestFirstOnAllDevicesOfOneUser() throws Exception {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      seqs.add(duo.send(duo.asBen, "text " + i));
    }
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      for (long seq : seqs) {
        JsonNode saved = save(duo.asAnn, seq, "");
        JsonNode told = other.event("SAVED");
        assertThat(told.get("seq").asLong()).isEqualTo(seq);
        assertThat(told.get("savedAt")).isEqualTo(saved.get("savedAt"));
        settle();
      }
      // Again: it stays where it is.
      assertThat(save(duo.asAnnAtB, seqs.get(0), "").get("savedAt"))
          .isEqualTo(saved(duo.asAnn).get(6).get("savedAt"));

      List<Long> listed = new ArrayList<>();
      String next = "";
      do {
        JsonNode page = duo.asAnnAtB.get(SAVED + "?limit=3" + next).json();
        for (JsonNode item : page.get("items")) {
          long seq = item.get("seq").asLong();
          listed.add(seq);
          assertThat(item.get("conversationId").asString()).isEqualTo(duo.id.toString());
          assertThat(item.at("/message/seq").asLong()).isEqualTo(seq);
          assertThat(item.at("/message/text").asString()).isEqualTo("text " + (seq - 1));
          assertThat(item.has("unavailable")).isFalse();
          assertThat(item.has("note")).isFalse();
        }
        next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
      } while (next != null);
      assertThat(listed).isEqualTo(seqs.reversed());
      assertThat(saved(duo.asBen)).isEmpty();

      for (int time = 0; time < 2; time++) {
        assertThat(duo.asAnnAtB.delete(path(duo.id, seqs.get(3))).status()).isEqualTo(204);
      }
      JsonNode told = other.event("UNSAVED");
      assertThat(told.get("seq").asLong()).isEqualTo(seqs.get(3));
      assertThat(saved(duo.asAnn))
          .extracting(item -> item.get("seq").asLong())
          .hasSize(6)
          .doesNotContain(seqs.get(3));
      // Saved anew it is the newest.
      save(duo.asAnn, seqs.get(3), "");
      assertThat(saved(duo.asAnn).get(0).get("seq").asLong()).isEqualTo(seqs.get(3));
    }
  }

  @Test
  void noteShouldBeKeptChangedAndRemoved() throws Exception {
    long seq = duo.send(duo.asBen, "text");
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      save(duo.asAnn, seq, Map.of("note", "for Monday \uD83D\uDCC5"));
      assertThat(other.event("SAVED").get("note").asString()).isEqualTo("for Monday \uD83D\uDCC5");
    }
    assertThat(save(duo.asAnnAtB, seq, "").get("note").asString()).startsWith("for Monday");
    assertThat(saved(duo.asAnn).get(0).get("note").asString()).startsWith("for Monday");
    Row row =
        Objects.requireNonNull(
            Nodes.A.get(CqlSession.class)
                .execute(
                    "SELECT note FROM saved_messages_by_user WHERE user_id = ?", duo.ann.value())
                .one());
    ByteBuffer note = Objects.requireNonNull(row.getByteBuffer("note"));
    assertThat(StandardCharsets.ISO_8859_1.decode(note).toString()).doesNotContain("Monday");
    save(duo.asAnn, seq, Map.of("note", "x".repeat(500)));
    assertThat(saved(duo.asAnnAtB).get(0).get("note").asString()).hasSize(500);
    save(duo.asAnn, seq, Map.of("note", ""));
    assertThat(saved(duo.asAnn).get(0).has("note")).isFalse();
    // What is saved anew has no old note.
    save(duo.asAnn, seq, Map.of("note", "old"));
    duo.asAnn.delete(path(duo.id, seq));
    assertThat(save(duo.asAnn, seq, "{}").has("note")).isFalse();
  }

  @Test
  void messagesShouldBeShownAsTheyAreNow() throws Exception {
    long deleted = duo.send(duo.asBen, "deleted");
    long hidden = duo.send(duo.asBen, "hidden");
    save(duo.asAnn, deleted, "");
    settle();
    long edited = duo.send(duo.asBen, "first wording");
    save(duo.asAnn, edited, "");
    settle();
    save(duo.asAnn, hidden, "");
    settle();
    TestGroup group = new TestGroup(duo.ben);
    TestGroup.publish(group.create(duo.ann));
    String messages = "/api/v1/conversations/" + group.id + "/messages";
    // It may be there before the event that made the group.
    AtomicLong gone = new AtomicLong();
    TestGroup.until(
        () -> {
          Answer sent = duo.asBen.post(messages, Map.of("clientMessageId", "b", "text", "gone"));
          gone.set(sent.json().path("seq").asLong(0));
          return sent.status() == 201;
        });
    TestGroup.until(
        () ->
            duo.asAnn.put(path(group.id, gone.get()), Map.of("note", "of the group")).status()
                == 200);

    duo.asBen.call("PATCH", duo.path("/messages/" + edited), "{\"text\":\"second wording\"}");
    duo.asBen.delete(duo.path("/messages/" + deleted));
    duo.asAnn.delete(duo.path("/messages/" + hidden + "?for=me"));
    TestGroup.publish(group.remove(duo.ann));
    TestGroup.until(() -> saved(duo.asAnnAtB).get(0).has("unavailable"));

    List<JsonNode> items = saved(duo.asAnn);
    JsonNode ofGroup = items.get(0);
    assertThat(ofGroup.get("unavailable").asBoolean()).isTrue();
    assertThat(ofGroup.has("message")).isFalse();
    assertThat(ofGroup.get("note").asString()).isEqualTo("of the group");
    assertThat(items.get(1).at("/message/hidden").asBoolean()).isTrue();
    assertThat(items.get(1).at("/message").has("text")).isFalse();
    assertThat(items.get(2).at("/message/text").asString()).isEqualTo("second wording");
    assertThat(items.get(3).at("/message/deleted").asBoolean()).isTrue();
    assertThat(items.get(3).at("/message").has("text")).isFalse();
    // It can be let go all the same.
    assertThat(duo.asAnn.delete(path(group.id, gone.get())).status()).isEqualTo(204);
    assertThat(saved(duo.asAnn)).hasSize(3);
  }

  @Test
  void onlyWhatOneSeesShouldBeSaved() {
    long seq = duo.send(duo.asBen, "text");
    duo.asBen.delete(duo.path("/messages/" + seq));
    for (Object none : List.of(0, -1, 2, 99, Long.MAX_VALUE)) {
      assertThat(duo.asAnn.put(path(duo.id, none), "").slug()).isEqualTo("message-not-found");
    }
    long hidden = duo.send(duo.asBen, "hidden");
    duo.asAnn.delete(duo.path("/messages/" + hidden + "?for=me"));
    assertThat(duo.asAnn.put(path(duo.id, hidden), "").slug()).isEqualTo("message-not-found");
    assertThat(duo.asStranger.put(path(duo.id, hidden), "").slug())
        .isEqualTo("conversation-not-found");
    assertThat(duo.asAnn.put(path(UUID.randomUUID(), 1), "").slug())
        .isEqualTo("conversation-not-found");
    assertThat(duo.asAnn.put(path("x", 1), "").status()).isEqualTo(400);
    assertThat(duo.asAnn.put(path(duo.id, "x"), "").status()).isEqualTo(400);
    assertThat(duo.annWith("messages:read").put(path(duo.id, 1), "").slug())
        .isEqualTo("insufficient-scope");
    assertThat(duo.annWith("messages:read").delete(path(duo.id, 1)).slug())
        .isEqualTo("insufficient-scope");
    assertThat(duo.annWith("messages:write").get(SAVED).slug()).isEqualTo("insufficient-scope");
    assertThat(new Http(Nodes.A.http(), "").get(SAVED).status()).isEqualTo(401);
    assertThat(saved(duo.asAnn)).isEmpty();
  }

  @Test
  void listShouldBeBounded() {
    Nodes.Node small = Nodes.start("parley.saved.max=2");
    try {
      Http ann = new Http(small.http(), duo.asAnn.token());
      for (int i = 1; i <= 3; i++) {
        duo.send(duo.asBen, "text " + i);
      }
      save(ann, 1, "");
      save(ann, 2, "");
      Answer full = ann.put(path(duo.id, 3), "");
      assertThat(full.status()).isEqualTo(409);
      assertThat(full.slug()).isEqualTo("too-many-saved");
      assertThat(full.json().get("maxSaved").asInt()).isEqualTo(2);
      // A repeat is no more.
      save(ann, 1, Map.of("note", "n"));
      ann.delete(path(duo.id, 2));
      save(ann, 3, "");
    } finally {
      small.context().close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"note\":1}",
        "{\"text\":\"t\"}",
        "{\"note\":\"a\\u0007\"}",
        "{\"note\":\"\\udc00\"}"
      })
  void badNotesShouldBeRefused(String json) {
    duo.send(duo.asBen, "text");
    assertThat(duo.asAnn.call("PUT", path(duo.id, 1), json).status()).isEqualTo(400);
    assertThat(duo.asAnn.put(path(duo.id, 1), Map.of("note", "x".repeat(501))).status())
        .isEqualTo(400);
    assertThat(saved(duo.asAnn)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cursor=x", "cursor=1_2_3", "limit=0", "limit=101", "limit=x"})
  void badPagesShouldBeRefused(String query) {
    assertThat(duo.asAnn.get(SAVED + "?" + query).status()).isEqualTo(400);
  }
}
