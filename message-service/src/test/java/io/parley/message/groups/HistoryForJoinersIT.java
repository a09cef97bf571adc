package io.parley.message.groups;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.conversation.Conversations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How much of the time before those who join see. */
class HistoryForJoinersIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));
  private final Http asCleoAtA = new Http(Nodes.A.http(), asCleo.token());
  private final TestGroup group = new TestGroup(ann).with(TestGroup.fromJoining());

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private Answer send(Http http, String text) {
    return http.post(path("/messages"), Map.of("clientMessageId", text, "text", text));
  }

  private List<String> texts(Http http) {
    List<String> texts = new ArrayList<>();
    http.get(path("/messages?limit=3"))
        .json()
        .get("items")
        .forEach(item -> texts.add(item.get("text").asString()));
    return texts;
  }

  private List<Long> seqs(Http http) {
    List<Long> seqs = new ArrayList<>();
    http.get(path("/events"))
        .json()
        .get("items")
        .forEach(item -> seqs.add(item.get("seq").asLong()));
    return seqs;
  }

  private JsonNode inboxItem(Http http) {
    return http.get("/api/v1/conversations").json().get("items").get(0);
  }

  /** CREATED 1, old1 2, old2 3, ADDED 4. */
  private void cleoJoins() throws Exception {
    publish(group.create(ben));
    until(() -> send(asAnn, "old1").status() == 201);
    assertThat(send(asAnn, "old2").status()).isEqualTo(201);
    publish(group.add(cleo));
    until(() -> asCleo.get(path("/messages")).status() == 200);
    until(() -> asCleoAtA.get(path("/messages")).status() == 200);
  }

  @Test
  void joinerShouldSeeFromJoiningOnEverywhere() throws Exception {
    cleoJoins();
    for (Http cleos : List.of(asCleo, asCleoAtA)) {
      until(() -> seqs(cleos).equals(List.of(4L)));
      assertThat(texts(cleos)).isEmpty();
      assertThat(cleos.get(path("/messages?before=4")).json().get("items")).isEmpty();
      assertThat(cleos.get(path("/messages?before=3")).json().get("next").isNull()).isTrue();
      assertThat(cleos.get(path("/events?after=1&limit=1")).json().get("items").get(0).get("seq"))
          .isEqualTo(cleos.get(path("/events")).json().get("items").get(0).get("seq"));
      assertThat(cleos.put(path("/read"), Map.of("seq", 3)).status()).isEqualTo(400);
      Answer reply =
          cleos.post(path("/messages"), Map.of("clientMessageId", "r", "text", "re", "replyTo", 2));
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.response().body()).doesNotContain("old1");
      assertThat(cleos.delete(path("/messages/2")).slug()).isEqualTo("message-not-found");
    }
    JsonNode item = inboxItem(asCleo);
    assertThat(item.get("lastMessage").isNull()).isTrue();
    assertThat(item.get("unread").asLong()).isZero();

    try (StompClient socket = StompClient.connect(Nodes.B.http(), asCleo.token())) {
      assertThat(send(asBen, "new1").status()).isEqualTo(201);
      assertThat(socket.event("MESSAGE").get("text").asString()).isEqualTo("new1");
    }
    item = inboxItem(asCleo);
    assertThat(item.get("lastMessage").get("text").asString()).isEqualTo("new1");
    assertThat(item.get("unread").asLong()).isEqualTo(1);
    assertThat(asCleo.put(path("/read"), Map.of("seq", 5)).status()).isEqualTo(200);
    assertThat(inboxItem(asCleo).get("unread").asLong()).isZero();
    // Who was there before keeps everything.
    assertThat(texts(asBen)).containsExactly("new1", "old2", "old1");
    assertThat(seqs(asBen)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void joinerShouldSeeEverythingWhereTheGroupLetsThem() throws Exception {
    group.with(GroupPolicy.USUAL);
    cleoJoins();
    assertThat(texts(asCleo)).containsExactly("old2", "old1");
    assertThat(seqs(asCleo)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(inboxItem(asCleo).get("unread").asLong()).isEqualTo(2);
  }

  @Test
  void joiningAgainShouldMoveTheBeginning() throws Exception {
    cleoJoins();
    assertThat(send(asBen, "between").status()).isEqualTo(201);
    publish(group.remove(cleo));
    until(() -> asCleo.get(path("/messages")).status() == 403);
    assertThat(send(asBen, "without").status()).isEqualTo(201);
    publish(group.add(cleo));
    until(() -> asCleo.get(path("/messages")).status() == 200);
    until(() -> seqs(asCleo).equals(List.of(8L)));
    assertThat(send(asBen, "again").status()).isEqualTo(201);
    assertThat(texts(asCleo)).containsExactly("again");
    assertThat(inboxItem(asCleo).get("unread").asLong()).isEqualTo(1);
  }

  @Test
  void joiningThatNoEventToldOfShouldNotOpenThePast() throws Exception {
    publish(group.create(ben));
    until(() -> send(asAnn, "old1").status() == 201);
    group.add(cleo);
    publish(group.rename("later"));
    until(() -> asCleo.get(path("/messages")).status() == 200);
    until(() -> seqs(asCleo).size() == 1);
    assertThat(texts(asCleo)).isEmpty();
    assertThat(asCleo.get(path("/events")).json().get("items").get(0).get("change").asString())
        .isEqualTo("REPAIRED");
  }

  @Test
  void rebuildingFromTheSnapshotShouldGiveEverybodyWhatTheyHad() throws Exception {
    cleoJoins();
    assertThat(send(asBen, "new1").status()).isEqualTo(201);
    // The projection of this group is lost; its log is not.
    CqlSession cassandra = Nodes.A.get(CqlSession.class);
    UUID id = group.id;
    cassandra.execute(
        "DELETE FROM members_by_conversation USING TIMESTAMP 50 WHERE conversation_id = ?", id);
    cassandra.execute("DELETE FROM conversations USING TIMESTAMP 50 WHERE conversation_id = ?", id);
    for (UserId user : List.of(ann, ben, cleo)) {
      cassandra.execute(
          "DELETE FROM conversations_by_member USING TIMESTAMP 50"
              + " WHERE user_id = ? AND conversation_id = ?",
          user.value(),
          id);
    }
    assertThat(asCleo.get("/api/v1/conversations").json().get("items")).isEmpty();
    group.skipTo(100);
    Nodes.A.get(GroupEventsListener.class)
        .compareLater(new GroupEventsListener.Compare(id, true, false));
    until(() -> asCleo.get("/api/v1/conversations").json().get("items").size() == 1);
    JsonNode item = inboxItem(asCleo);
    assertThat(item.get("unread").asLong()).isEqualTo(1);
    for (Http http : List.of(asBen, asCleo, asCleoAtA)) {
      until(() -> http.get(path("/events")).status() == 200);
    }
    until(() -> seqs(asCleo).equals(List.of(4L, 5L)));
    assertThat(seqs(asCleoAtA)).containsExactly(4L, 5L);
    assertThat(seqs(asBen)).containsExactly(1L, 2L, 3L, 4L, 5L);
    Conversations.Roster stored = Nodes.A.get(Conversations.class).roster(new ConversationId(id));
    assertThat(requireNonNull(stored.members().get(cleo)).visibleFrom()).isEqualTo(4);
    assertThat(requireNonNull(stored.members().get(ben)).visibleFrom()).isEqualTo(1);
    assertThat(requireNonNull(stored.members().get(ann)).role()).isEqualTo(GroupRole.OWNER);
  }
}
