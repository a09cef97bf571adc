package io.parley.message.chat;

import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Messages that are passed on, on two nodes. */
class ForwardingIT {

  private final Duo duo = new Duo();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));

  /** Ann's other conversation, with Cleo. */
  private final String target =
      duo.asAnn
          .post("/api/v1/conversations/direct", Map.of("userId", cleo))
          .json()
          .get("id")
          .asString();

  private static Answer forward(
      Http http, Object to, String name, String text, Object from, Object seq) {
    Map<String, Object> message = new HashMap<>();
    message.put("clientMessageId", name);
    message.put("forward", Map.of("conversationId", from, "seq", seq));
    if (!text.isEmpty()) {
      message.put("text", text);
    }
    return http.post("/api/v1/conversations/" + to + "/messages", message);
  }

  private static JsonNode message(Http http, Object conversation, long seq) {
    Answer answer = http.get("/api/v1/conversations/" + conversation + "/messages/" + seq);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private static long seq(Answer sent) {
    assertThat(sent.status()).as(sent.response().body()).isEqualTo(201);
    return sent.json().get("seq").asLong();
  }

  private String group(TestGroup group, Http who) throws Exception {
    TestGroup.publish(group.create(duo.ben));
    until(() -> who.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    return group.id.toString();
  }

  @Test
  void messageShouldBePassedOnAsItIsNow() throws Exception {
    long origin = duo.send(duo.asBen, "first");
    duo.asBen.call("PATCH", duo.path("/messages/" + origin), Map.of("text", "as edited"));
    JsonNode was = message(duo.asAnn, duo.id, origin);
    try (StompClient client = StompClient.connect(Nodes.B.http(), asCleo.token())) {
      long seq = seq(forward(duo.asAnn, target, "f1", "look", duo.id, origin));

      JsonNode heard = client.event("MESSAGE");
      assertThat(heard.get("seq").asLong()).isEqualTo(seq);
      assertThat(heard.get("authorId").asString()).isEqualTo(duo.ann.toString());
      assertThat(heard.get("text").asString()).isEqualTo("look");
      JsonNode from = heard.get("forwardedFrom");
      assertThat(from.get("text").asString()).isEqualTo("as edited");
      assertThat(from.get("authorId").asString()).isEqualTo(duo.ben.toString());
      assertThat(from.get("at")).isEqualTo(was.get("at"));
      // Where the two talk is nobody else's business.
      assertThat(heard.toString()).doesNotContain(duo.id.toString());
      assertThat(from.has("conversationId")).isFalse();
      assertThat(from.has("seq")).isFalse();
      assertThat(message(asCleo, target, seq).get("forwardedFrom")).isEqualTo(from);

      // What becomes of it later is another matter.
      assertThat(duo.asBen.delete(duo.path("/messages/" + origin)).status()).isEqualTo(200);
      assertThat(message(asCleo, target, seq).get("forwardedFrom")).isEqualTo(from);
    }
  }

  @Test
  void messageOfGroupShouldNameItsPlaceAlsoWhenPassedOnAgain() throws Exception {
    TestGroup group = new TestGroup(duo.ann);
    String id = group(group, duo.asBen);
    long origin =
        seq(
            duo.asBen.post(
                "/api/v1/conversations/" + id + "/messages",
                Map.of("clientMessageId", "g", "text", "of the group")));
    until(() -> duo.asAnn.get("/api/v1/conversations/" + id + "/events").status() == 200);
    long first = seq(forward(duo.asAnn, target, "f1", "between", id, origin));
    JsonNode from = message(asCleo, target, first).get("forwardedFrom");
    assertThat(from.get("conversationId").asString()).isEqualTo(id);
    assertThat(from.get("seq").asLong()).isEqualTo(origin);
    // Which opens nothing to who is no member.
    assertThat(asCleo.get("/api/v1/conversations/" + id + "/messages/" + origin).slug())
        .isEqualTo("not-a-member");

    UserId dan = Nodes.FLEET.user();
    String next =
        asCleo
            .post("/api/v1/conversations/direct", Map.of("userId", dan))
            .json()
            .get("id")
            .asString();
    long second = seq(forward(asCleo, next, "f2", "", target, first));
    JsonNode again = message(asCleo, next, second);
    assertThat(again.get("text").asString()).isEmpty();
    for (String member : List.of("authorId", "at", "text", "conversationId", "seq")) {
      assertThat(again.get("forwardedFrom").get(member)).isEqualTo(from.get(member));
    }
    assertThat(again.toString()).doesNotContain("between", target);
  }

  @Test
  void repeatShouldGetTheFirstResultWhateverBecameOfTheMessage() throws Exception {
    long origin = duo.send(duo.asBen, "first");
    Answer first = forward(duo.asAnn, target, "f1", "see", duo.id, origin);
    long other = duo.send(duo.asBen, "other");
    for (String change : List.of("PATCH", "DELETE")) {
      duo.asBen.call(
          change,
          duo.path("/messages/" + origin),
          change.equals("PATCH") ? Map.of("text", "edited") : "");
      for (Http http : List.of(duo.asAnn, duo.asAnnAtB)) {
        Answer again = forward(http, target, "f1", "see", duo.id, origin);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
      }
    }
    assertThat(message(asCleo, target, seq(first)).at("/forwardedFrom/text").asString())
        .isEqualTo("first");
    assertThat(forward(duo.asAnn, target, "f1", "other", duo.id, origin).slug())
        .isEqualTo("client-message-id-reused");
    assertThat(forward(duo.asAnn, target, "f1", "see", duo.id, other).slug())
        .isEqualTo("client-message-id-reused");
    assertThat(
            duo.asAnn
                .post(
                    "/api/v1/conversations/" + target + "/messages",
                    Map.of("clientMessageId", "f1", "text", "see"))
                .slug())
        .isEqualTo("client-message-id-reused");
    // And its own deletion is no reason to send it anew.
    duo.asAnn.delete("/api/v1/conversations/" + target + "/messages/" + seq(first));
    assertThat(forward(duo.asAnn, target, "f1", "see", duo.id, origin).json())
        .isEqualTo(first.json());
    assertThat(message(asCleo, target, seq(first)).has("forwardedFrom")).isFalse();
  }

  @Test
  void editShouldChangeTheOwnWordsOnly() {
    long origin = duo.send(duo.asBen, "Ben's");
    long seq = seq(forward(duo.asAnn, target, "f1", "mine", duo.id, origin));
    JsonNode before = message(asCleo, target, seq).get("forwardedFrom");
    assertThat(
            duo.asAnn
                .call(
                    "PATCH",
                    "/api/v1/conversations/" + target + "/messages/" + seq,
                    Map.of("text", "mine now"))
                .status())
        .isEqualTo(200);
    JsonNode now = message(asCleo, target, seq);
    assertThat(now.get("text").asString()).isEqualTo("mine now");
    assertThat(now.get("forwardedFrom")).isEqualTo(before);
    assertThat(forward(duo.asAnn, target, "f1", "mine", duo.id, origin).json().get("seq").asLong())
        .isEqualTo(seq);
  }

  @Test
  void whatOneMayNotReadShouldNotBePassedOn() throws Exception {
    long hidden = duo.send(duo.asBen, "hidden");
    duo.asAnn.delete(duo.path("/messages/" + hidden + "?for=me"));
    long deleted = duo.send(duo.asBen, "deleted");
    duo.asBen.delete(duo.path("/messages/" + deleted));
    for (Object seq : List.of(hidden, deleted, 999, 0, -1)) {
      Answer answer = forward(duo.asAnn, target, "f1", "", duo.id, seq);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.slug()).isEqualTo("message-not-found");
    }
    long seq = duo.send(duo.asBen, "of the two");
    assertThat(forward(asCleo, target, "f1", "", duo.id, seq).status()).isIn(403, 404);
    assertThat(forward(duo.asAnn, target, "f1", "", UUID.randomUUID(), 1).slug())
        .isEqualTo("conversation-not-found");

    // From before one joined.
    TestGroup group = new TestGroup(duo.ben).with(TestGroup.fromJoining());
    TestGroup.publish(group.create());
    String path = "/api/v1/conversations/" + group.id;
    until(() -> duo.asBen.get(path + "/events").status() == 200);
    long before =
        seq(duo.asBen.post(path + "/messages", Map.of("clientMessageId", "b", "text", "before")));
    TestGroup.publish(group.add(duo.ann));
    until(() -> duo.asAnn.get(path + "/events").status() == 200);
    assertThat(forward(duo.asAnn, target, "f1", "", group.id, before).slug())
        .isEqualTo("message-not-found");
    TestGroup.publish(group.remove(duo.ann));
    until(() -> duo.asAnn.get(path + "/events").status() == 403);
    assertThat(forward(duo.asAnn, target, "f1", "", group.id, before).slug())
        .isEqualTo("not-a-member");
    assertThat(asCleo.get("/api/v1/conversations/" + target + "/messages").json().get("items"))
        .isEmpty();
  }

  @Test
  void rulesOfTheOtherSideShouldHold() throws Exception {
    long origin = duo.send(duo.asBen, "text");
    TestGroup quiet =
        new TestGroup(duo.ben)
            .with(
                new GroupPolicy(
                    Map.of(GroupPermission.WRITE, GroupRole.ADMIN),
                    0,
                    60,
                    GroupPolicy.History.ALL));
    TestGroup.publish(quiet.create(duo.ann));
    until(() -> duo.asAnn.get("/api/v1/conversations/" + quiet.id + "/events").status() == 200);
    assertThat(forward(duo.asAnn, quiet.id, "f1", "", duo.id, origin).slug())
        .isEqualTo("forbidden");
    assertThat(forward(asCleo, duo.id, "f1", "", target, 1).status()).isIn(403, 404);
    assertThat(forward(duo.annWith("messages:read"), target, "f1", "", duo.id, origin).slug())
        .isEqualTo("insufficient-scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"clientMessageId\":\"f\",\"forward\":{}}",
        "{\"clientMessageId\":\"f\",\"forward\":{\"seq\":1}}",
        "{\"clientMessageId\":\"f\",\"forward\":{\"conversationId\":\"ID\"}}",
        "{\"clientMessageId\":\"f\",\"forward\":{\"conversationId\":\"ID\",\"seq\":\"x\"}}",
        "{\"clientMessageId\":\"f\",\"forward\":{\"conversationId\":7,\"seq\":1}}",
        "{\"clientMessageId\":\"f\",\"forward\":[]}",
        "{\"clientMessageId\":\"f\",\"forward\":{\"conversationId\":\"ID\",\"seq\":1,\"more\":1}}",
        "{\"clientMessageId\":\"f\",\"text\":\" \",\"forward\":"
            + "{\"conversationId\":\"ID\",\"seq\":1}}",
        "{\"forward\":{\"conversationId\":\"ID\",\"seq\":1}}",
        "{\"clientMessageId\":\"f\",\"text\":\"\"}"
      })
  void whatIsNoForwardShouldBeRefused(String body) {
    duo.send(duo.asBen, "text");
    Answer answer =
        duo.asAnn.post(
            "/api/v1/conversations/" + target + "/messages", body.replace("ID", duo.id.toString()));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
  }

  @Test
  void longestTextsShouldGoTogetherAndLongerOnesShouldNot() {
    long origin = duo.send(duo.asBen, "o".repeat(4_000));
    long seq = seq(forward(duo.asAnn, target, "f1", "t".repeat(4_000), duo.id, origin));
    JsonNode message = message(asCleo, target, seq);
    assertThat(message.get("text").asString()).hasSize(4_000);
    assertThat(message.at("/forwardedFrom/text").asString()).hasSize(4_000);
    assertThat(forward(duo.asAnn, target, "f2", "t".repeat(4_001), duo.id, origin).slug())
        .isEqualTo("invalid-request");
  }

  @Test
  void whoIsMentionedThereShouldNotBeCalledAgain() {
    String call = "@cleo" + cleo.toString().substring(0, 8);
    Nodes.FLEET.rename(cleo, call.substring(1));
    long origin = duo.send(duo.asBen, "ask " + call);
    long plain = seq(forward(duo.asAnn, target, "f1", "", duo.id, origin));
    assertThat(message(asCleo, target, plain).has("mentions")).isFalse();
    long calling = seq(forward(duo.asAnn, target, "f2", call + " see", duo.id, origin));
    assertThat(message(asCleo, target, calling).at("/mentions/0/userId").asString())
        .isEqualTo(cleo.toString());
  }

  @Test
  void inboxShouldShowWhatWasPassedOn() {
    long origin = duo.send(duo.asBen, "the news");
    assertThat(forward(duo.asAnn, target, "f1", "", duo.id, origin).status()).isEqualTo(201);
    for (JsonNode item : asCleo.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(target)) {
        assertThat(item.at("/lastMessage/text").asString()).isEqualTo("the news");
      }
    }
  }

  @Test
  void socketShouldPassOnAsRestDoes() throws Exception {
    long origin = duo.send(duo.asBen, "text");
    try (StompClient client = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      Map<String, String> headers =
          Map.of("destination", "/app/conversations/" + target + "/messages", "receipt", "r");
      String body =
          "{\"clientMessageId\":\"s1\",\"forward\":{\"conversationId\":\""
              + duo.id
              + "\",\"seq\":"
              + origin
              + "}}";
      client.send("SEND", headers, body);
      long seq = client.event("ACK").get("seq").asLong();
      client.receipt("r");
      assertThat(message(asCleo, target, seq).at("/forwardedFrom/text").asString())
          .isEqualTo("text");
      client.send("SEND", headers, body.replace("s1", "s2").replace(":" + origin + "}", ":77}"));
      assertThat(client.refusal("r").body()).contains("message-not-found");
    }
  }
}
