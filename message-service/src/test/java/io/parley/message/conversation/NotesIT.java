package io.parley.message.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.NotificationQueue;
import io.parley.message.StompClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The conversation that a user has with nobody else. */
class NotesIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asAnnAtB = new Http(Nodes.B.http(), asAnn.token());
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));

  private static JsonNode open(Http http, UserId other) {
    Answer answer = http.post("/api/v1/conversations/direct", Map.of("userId", other));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private static String path(String id, String rest) {
    return "/api/v1/conversations/" + id + rest;
  }

  private static long send(Http http, String id, String text) {
    Answer answer =
        http.post(
            path(id, "/messages"), Map.of("clientMessageId", UUID.randomUUID(), "text", text));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  @Test
  void notesShouldBeAConversationOfOne() throws Exception {
    JsonNode opened = open(asAnn, ann);
    String id = opened.get("id").asString();
    assertThat(opened.get("kind").asString()).isEqualTo("DIRECT");
    assertThat(opened.get("otherUserId").asString()).isEqualTo(ann.toString());
    assertThat(open(asAnnAtB, ann).get("id").asString()).isEqualTo(id);
    assertThat(open(asBen, ben).get("id").asString()).isNotEqualTo(id);
    assertThat(Nodes.A.get(CassandraMemberStore.class).members(ConversationId.valueOf(id)).keySet())
        .containsExactly(ann);

    try (StompClient phone = StompClient.connect(Nodes.B.http(), asAnn.token());
        StompClient laptop = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      laptop.message(id, "c1", "milk");
      laptop.receipt("r-c1");
      assertThat(phone.event("MESSAGE").get("text").asString()).isEqualTo("milk");
      asAnn.put(path(id, "/read"), Map.of("seq", 1));
      assertThat(send(asAnnAtB, id, "bread")).isEqualTo(2);
      assertThat(laptop.event(e -> e.path("text").asString("").equals("bread")).get("seq").asLong())
          .isEqualTo(2);
      assertThat(asAnn.delete(path(id, "/messages/1")).status()).isEqualTo(200);
      phone.event("DELETED");
    }
    JsonNode inbox = asAnn.get("/api/v1/conversations").json().get("items");
    assertThat(inbox).hasSize(1);
    assertThat(inbox.get(0).get("otherUserId").asString()).isEqualTo(ann.toString());
    assertThat(inbox.get(0).get("unread").asLong()).isZero();
    assertThat(inbox.get(0).get("readSeq").asLong()).isEqualTo(1);
    assertThat(inbox.get(0).at("/lastMessage/text").asString()).isEqualTo("bread");

    for (Answer answer :
        List.of(
            asBen.get(path(id, "/messages")),
            asBen.post(path(id, "/messages"), Map.of("clientMessageId", "x", "text", "x")))) {
      assertThat(answer.slug()).isEqualTo("conversation-not-found");
    }
  }

  @Test
  void notesShouldNotBePushedToTheirAuthor() throws Exception {
    String notes = open(asAnn, ann).get("id").asString();
    String direct = open(asAnn, ben).get("id").asString();
    NotificationQueue queue = new NotificationQueue(ann);
    send(asAnn, notes, "note");
    send(asAnn, direct, "hello");
    send(asAnn, notes, "note again");
    send(asAnn, direct, "hello again");
    // In order: what was sent before Ben's last one has been decided by then.
    queue.await(Duration.ofSeconds(30), told -> told.size() >= 2);
    assertThat(queue.quietFor(Duration.ofMillis(500)).values())
        .hasSize(2)
        .containsOnly(Set.of(ben));
  }

  @Test
  void notesWhoseMakerDiedHalfWayShouldBeCompleted() {
    ConversationId id = Conversation.direct(ann, ann);
    Nodes.A.get(CassandraMemberStore.class)
        .put(
            List.of(
                new CassandraMemberStore.Change(
                    Membership.ofTwo(ann, id, ann), Member.plain(ann), true)),
            1);
    assertThat(send(asAnnAtB, id.toString(), "found")).isEqualTo(1);
    assertThat(
            Nodes.A.get(CqlSession.class)
                .execute("SELECT kind FROM conversations WHERE conversation_id = ?", id.value())
                .one())
        .isNotNull();
  }
}
