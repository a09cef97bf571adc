package io.parley.message.readers;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.events.BlockChanged;
import io.parley.common.events.ReadReceiptsChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.receipts.ReceiptSwitches;
import io.parley.message.receipts.Receipts;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who has received and read what, told and asked for, on two nodes. */
class ReceiptsIT {

  private final Duo duo = new Duo();

  @AfterEach
  void usersAreThere() {
    Nodes.FLEET.usersAreAway(false);
  }

  private Answer delivered(Http http, long seq) {
    return http.put(duo.path("/delivered"), Map.of("seq", seq));
  }

  private void read(Http http, long seq) {
    assertThat(http.put(duo.path("/read"), Map.of("seq", seq)).status()).isEqualTo(200);
  }

  private JsonNode readers(Http http, long seq) {
    Answer answer = http.get(duo.path("/messages/" + seq + "/readers"));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  /** The other one of the two, as the readers of a message have them. */
  private JsonNode other(Http http, long seq) {
    JsonNode items = readers(http, seq).get("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static boolean isReceipt(JsonNode event) {
    return List.of("READ", "DELIVERED").contains(event.path("type").asString());
  }

  private static JsonNode readOf(UserId user, StompClient socket) throws Exception {
    return socket.event(
        event ->
            event.path("type").asString().equals("READ")
                && event.get("userId").asString().equals(user.toString()));
  }

  /** As user-service does; returns when both nodes know. */
  private void switchReceipts(UserId user, boolean on) throws Exception {
    Nodes.FLEET.readReceipts(user, on);
    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(
            UserEvents.EXCHANGE,
            ReadReceiptsChanged.ROUTING_KEY,
            new ReadReceiptsChanged(user, Instant.now()));
    String token = Nodes.FLEET.token(user);
    for (Node node : List.of(Nodes.A, Nodes.B)) {
      Http http = new Http(node.http(), token);
      until(() -> readers(http, 1).get("receipts").asString().equals(on ? "on" : "off"));
    }
  }

  private static void frame(StompClient socket, String destination, String body) {
    socket.send("SEND", Map.of("destination", destination, "receipt", "f"), body);
  }

  private String app(String rest) {
    return "/app/conversations/" + duo.id + rest;
  }

  @Test
  void receivingAndReadingShouldBeToldToTheOthersAndKept() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token());
        StompClient annsOther = StompClient.connect(Nodes.B.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token());
        StompClient bensOther = StompClient.connect(Nodes.A.http(), duo.asBen.token())) {
      JsonNode nothing = other(duo.asAnn, seq);
      assertThat(nothing.get("userId").asString()).isEqualTo(duo.ben.toString());
      assertThat(nothing.get("delivered").asBoolean()).isFalse();
      assertThat(nothing.get("deliveredAt").isNull()).isTrue();

      frame(bens, app("/delivered"), "{\"seq\":" + seq + "}");
      bens.receipt("f");
      for (StompClient socket : List.of(anns, annsOther)) {
        JsonNode told = socket.event("DELIVERED");
        assertThat(told.get("conversationId").asString()).isEqualTo(duo.id.toString());
        assertThat(told.get("userId").asString()).isEqualTo(duo.ben.toString());
        assertThat(told.get("seq").asLong()).isEqualTo(seq);
      }
      until(() -> other(duo.asAnn, seq).get("delivered").asBoolean());
      until(() -> other(duo.asAnnAtB, seq).get("delivered").asBoolean());
      JsonNode received = other(duo.asAnn, seq);
      assertThat(received.get("read").asBoolean()).isFalse();
      assertThat(received.get("readAt").isNull()).isTrue();
      Instant.parse(received.get("deliveredAt").asString());

      frame(bens, app("/read"), "{\"seq\":" + seq + "}");
      bens.receipt("f");
      assertThat(anns.event("READ").get("seq").asLong()).isEqualTo(seq);
      JsonNode both = other(duo.asAnnAtB, seq);
      assertThat(both.get("read").asBoolean()).isTrue();
      assertThat(both.get("readSeq").asLong()).isEqualTo(seq);
      assertThat(Instant.parse(both.get("readAt").asString()))
          .isAfterOrEqualTo(Instant.parse(received.get("deliveredAt").asString()));
      // One's own devices are told of reading, and of receiving they know.
      assertThat(bensOther.event("READ").get("unread").asLong()).isZero();
      assertThat(bensOther.passing())
          .noneMatch(event -> event.path("type").asString().equals("DELIVERED"));
    }
  }

  @Test
  void readingShouldImplyReceiving() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      read(duo.asBen, seq);
      JsonNode other = other(duo.asAnn, seq);
      assertThat(other.get("delivered").asBoolean()).isTrue();
      assertThat(other.get("deliveredSeq").asLong()).isEqualTo(seq);
      assertThat(other.get("deliveredAt")).isEqualTo(other.get("readAt"));

      // Nothing new, so nothing is told: the next that comes is the next.
      assertThat(delivered(duo.asBen, seq).status()).isEqualTo(204);
      long next = duo.send(duo.asAnn, "And?");
      assertThat(delivered(duo.asBen, next).status()).isEqualTo(204);
      assertThat(anns.event("DELIVERED").get("seq").asLong()).isEqualTo(next);
      until(() -> other(duo.asAnn, next).get("deliveredSeq").asLong() == next);
      assertThat(other(duo.asAnn, next).get("read").asBoolean()).isFalse();
    }
  }

  @Test
  void itShouldOnlyGoForward() throws Exception {
    for (int i = 0; i < 4; i++) {
      duo.send(duo.asAnn, "text");
    }
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      delivered(duo.asBen, 3);
      assertThat(anns.event("DELIVERED").get("seq").asLong()).isEqualTo(3);
      assertThat(delivered(duo.asBen, 1).status()).isEqualTo(204);
      assertThat(delivered(duo.asBen, 3).status()).isEqualTo(204);
      delivered(duo.asBen, 4);
      assertThat(anns.event("DELIVERED").get("seq").asLong()).isEqualTo(4);
      until(() -> other(duo.asAnn, 4).get("delivered").asBoolean());
      // Another node, another device, later and further behind.
      delivered(new Http(Nodes.A.http(), duo.asBen.token()), 2);
      read(duo.asBen, 2);
      // The marker is moved back for oneself alone.
      assertThat(duo.asBen.put(duo.path("/unread"), Map.of("seq", 1)).status()).isEqualTo(200);
      Nodes.A.get(Receipts.class).read(duo.id, duo.ben, 1);
      JsonNode other = other(duo.asAnn, 1);
      assertThat(other.get("deliveredSeq").asLong()).isEqualTo(4);
      assertThat(other.get("readSeq").asLong()).isEqualTo(2);
    }
  }

  @Test
  void oneFrameShouldTellOfManyConversations() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    Duo others = new Duo();
    others.send(others.asAnn, "not Ben's");
    String second =
        duo.asBen
            .post("/api/v1/conversations/direct", Map.of("userId", duo.other))
            .json()
            .get("id")
            .asString();
    duo.asStranger.post(
        "/api/v1/conversations/" + second + "/messages",
        Map.of("clientMessageId", "1", "text", "Hi"));
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token());
        StompClient strangers = StompClient.connect(Nodes.A.http(), duo.asStranger.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      String heads =
          "{\"heads\":{\"%s\":1,\"%s\":1,\"%s\":%d,\"%s\":1}}"
              .formatted(others.id, UUID.randomUUID(), duo.id, seq, second);
      frame(bens, "/app/session/delivered", heads);
      bens.receipt("f");
      assertThat(anns.event("DELIVERED").get("seq").asLong()).isEqualTo(seq);
      assertThat(strangers.event("DELIVERED").get("conversationId").asString()).isEqualTo(second);
      assertThat(
              others
                  .asAnn
                  .get(others.path("/messages/1/readers"))
                  .json()
                  .at("/items/0/delivered")
                  .asBoolean())
          .isFalse();

      Map<String, Integer> many = new HashMap<>();
      for (int i = 0; i <= 100; i++) {
        many.put(UUID.randomUUID().toString(), 1);
      }
      String tooMany = Nodes.A.get(JsonMapper.class).writeValueAsString(Map.of("heads", many));
      for (String body :
          List.of(
              tooMany,
              "{}",
              "",
              "[]",
              "{\"heads\":null}",
              "{\"heads\":{\"x\":1}}",
              "{\"heads\":{\"" + duo.id + "\":-1}}",
              "{\"heads\":{\"" + duo.id + "\":null}}",
              "{\"heads\":{\"" + duo.id + "\":\"x\"}}",
              "{\"heads\":[]}")) {
        frame(bens, "/app/session/delivered", body);
        assertThat(bens.refusal("f").json().get("type").asString())
            .as(body)
            .endsWith("/invalid-request");
      }
    }
    Http reader = duo.annWith(Scope.MESSAGES_WRITE.value());
    try (StompClient writer = StompClient.open(Nodes.A.http())) {
      writer.send(
          "CONNECT",
          Map.of("accept-version", "1.2", "Authorization", "Bearer " + reader.token()),
          "");
      assertThat(writer.next().command()).isEqualTo("CONNECTED");
      writer.subscribe("problems", "/user/queue/problems");
      frame(writer, "/app/session/delivered", "{\"heads\":{}}");
      assertThat(writer.refusal("f").json().get("type").asString()).endsWith("/insufficient-scope");
      frame(writer, app("/delivered"), "{\"seq\":1}");
      assertThat(writer.refusal("f").json().get("type").asString()).endsWith("/insufficient-scope");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"seq\":-1}",
        "{\"seq\":2}",
        "{\"seq\":\"one\"}",
        "{\"seq\":null}",
        "{\"seq\":1,\"more\":1}",
        "[]",
        ""
      })
  void whatIsNoReceiptShouldBeRefused(String body) throws Exception {
    duo.send(duo.asAnn, "Hello");

    assertThat(duo.asBen.put(duo.path("/delivered"), body).slug()).isEqualTo("invalid-request");
    try (StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      frame(bens, app("/delivered"), body);
      assertThat(bens.refusal("f").json().get("type").asString()).endsWith("/invalid-request");
    }
  }

  @Test
  void strangersAndUnknownIdsShouldBeRefused() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    long deleted = duo.send(duo.asAnn, "Oops");
    duo.asAnn.delete(duo.path("/messages/" + deleted));
    String readers = "/messages/" + seq + "/readers";
    String unknown = "/api/v1/conversations/" + UUID.randomUUID();
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(duo.ben));
    String ofGroup = "/api/v1/conversations/" + group.id;
    until(() -> duo.asBen.get(ofGroup + "/events").json().path("items").size() == 1);

    assertThat(duo.asStranger.get(duo.path(readers)).slug()).isEqualTo("conversation-not-found");
    assertThat(delivered(duo.asStranger, seq).slug()).isEqualTo("conversation-not-found");
    assertThat(duo.asStranger.get(ofGroup + readers).slug()).isEqualTo("not-a-member");
    assertThat(duo.asStranger.put(ofGroup + "/delivered", Map.of("seq", 1)).slug())
        .isEqualTo("not-a-member");
    assertThat(duo.asAnn.get(unknown + readers).slug()).isEqualTo("conversation-not-found");
    assertThat(duo.asAnn.put(unknown + "/delivered", Map.of("seq", 1)).slug())
        .isEqualTo("conversation-not-found");
    for (String none : List.of("99", "0", "-1", String.valueOf(deleted))) {
      assertThat(duo.asBen.get(duo.path("/messages/" + none + "/readers")).slug())
          .as(none)
          .isEqualTo("message-not-found");
    }
    // An event, and no message.
    assertThat(duo.asBen.get(ofGroup + readers).slug()).isEqualTo("message-not-found");
    assertThat(duo.asBen.get(duo.path("/messages/x/readers")).slug()).isEqualTo("invalid-request");
    assertThat(duo.asAnn.get("/api/v1/conversations/x" + readers).slug())
        .isEqualTo("invalid-request");
    assertThat(duo.annWith(Scope.MESSAGES_WRITE.value()).get(duo.path(readers)).slug())
        .isEqualTo("insufficient-scope");
    assertThat(delivered(duo.annWith(Scope.MESSAGES_WRITE.value()), seq).slug())
        .isEqualTo("insufficient-scope");
    assertThat(new Http(Nodes.A.http(), "").get(duo.path(readers)).slug())
        .isEqualTo("unauthenticated");
  }

  @Test
  void readersOfAGroupShouldBeThoseWhoAreThereAndSeeIt() throws Exception {
    UserId left = Nodes.FLEET.user();
    UserId late = Nodes.FLEET.user();
    Http asLeft = new Http(Nodes.A.http(), Nodes.FLEET.token(left));
    Http asLate = new Http(Nodes.B.http(), Nodes.FLEET.token(late));
    TestGroup group = new TestGroup(duo.ann).with(TestGroup.fromJoining());
    String path = "/api/v1/conversations/" + group.id;
    publish(group.create(duo.ben, left, duo.other));
    until(() -> asLeft.get(path + "/events").json().path("items").size() == 1);
    long seq =
        duo.asAnn
            .post(path + "/messages", Map.of("clientMessageId", "1", "text", "Hello"))
            .json()
            .get("seq")
            .asLong();
    for (Http http : List.of(asLeft, duo.asBen, duo.asAnn)) {
      assertThat(http.put(path + "/read", Map.of("seq", seq)).status()).isEqualTo(200);
    }
    duo.asStranger.put(path + "/delivered", Map.of("seq", seq));
    publish(group.remove(left), group.add(late));
    until(() -> asLate.get(path + "/events").json().path("items").size() == 1);
    until(() -> asLeft.get(path + "/events").slug().equals("not-a-member"));
    String readers = path + "/messages/" + seq + "/readers";

    // The author is not among them, nor who has left, nor who does not see it.
    until(() -> duo.asAnn.get(readers).json().at("/items").size() == 2);
    until(() -> states(duo.asAnn.get(readers).json()).contains("true/false"));
    assertThat(states(duo.asAnn.get(readers).json()))
        .containsExactlyInAnyOrder("true/true", "true/false");
    JsonNode bens = duo.asBen.get(readers).json();
    assertThat(bens.get("items")).hasSize(1);
    assertThat(bens.at("/items/0/userId").asString()).isEqualTo(duo.other.toString());
    assertThat(asLate.get(readers).slug()).isEqualTo("message-not-found");
    assertThat(asLate.put(path + "/delivered", Map.of("seq", seq)).slug())
        .isEqualTo("invalid-request");
  }

  private static List<String> states(JsonNode readers) {
    return readers
        .get("items")
        .valueStream()
        .map(item -> item.get("delivered").asBoolean() + "/" + item.get("read").asBoolean())
        .toList();
  }

  @Test
  void largeGroupsShouldHaveNoReaders() throws Exception {
    UserId[] members = new UserId[200];
    for (int i = 0; i < members.length; i++) {
      members[i] = new UserId(UUID.randomUUID());
    }
    members[0] = duo.ben;
    TestGroup group = new TestGroup(duo.ann);
    String path = "/api/v1/conversations/" + group.id;
    publish(group.create(members));
    until(() -> duo.asBen.get(path + "/events").json().path("items").size() == 1);
    duo.asAnn.post(path + "/messages", Map.of("clientMessageId", "1", "text", "Hello"));

    Answer answer = duo.asAnn.get(path + "/messages/2/readers");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.slug()).isEqualTo("group-too-large");
    assertThat(answer.json().get("maxMembers").asInt()).isEqualTo(200);
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      assertThat(duo.asBen.put(path + "/delivered", Map.of("seq", 2)).status()).isEqualTo(204);
      assertThat(duo.asBen.put(path + "/read", Map.of("seq", 2)).status()).isEqualTo(200);
      assertThat(bens.event("READ").get("seq").asLong()).isEqualTo(2);
      duo.asBen.post(path + "/messages", Map.of("clientMessageId", "2", "text", "last"));
      anns.event(event -> event.path("text").asString().equals("last"));
      assertThat(anns.passing()).noneMatch(ReceiptsIT::isReceipt);
    }
    // Nothing was kept, so there is nothing to show when it is small again.
    assertThat(Nodes.A.get(Receipts.class).of(new ConversationId(group.id), Set.of(duo.ben)))
        .isEmpty();
  }

  @Test
  void whoSwitchesThemOffShouldNeitherTellNorSee() throws Exception {
    long first = duo.send(duo.asAnn, "one");
    read(duo.asBen, first);
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token());
        StompClient bensOther = StompClient.connect(Nodes.A.http(), duo.asBen.token())) {
      long second = duo.send(duo.asBen, "two");
      read(duo.asAnn, second);
      assertThat(readOf(duo.ann, bens).get("seq").asLong()).isEqualTo(second);
      switchReceipts(duo.ben, false);
      bens.passing();
      bensOther.passing();
      anns.passing();

      long third = duo.send(duo.asAnn, "three");
      delivered(duo.asBen, third);
      read(duo.asBen, third);
      assertThat(bensOther.event("READ").get("seq").asLong()).isEqualTo(third);
      // As a node of an earlier build would tell of it.
      for (String type : List.of("READ", "DELIVERED")) {
        Nodes.B.get(RedisBus.class)
            .publish(
                Topic.of(duo.id),
                BusEvent.passing(
                    "{\"type\":\"%s\",\"conversationId\":\"%s\",\"userId\":\"%s\",\"seq\":%d}"
                        .formatted(type, duo.id, duo.ben, third)));
      }
      long last = duo.send(duo.asBen, "of Ben");
      delivered(duo.asAnn, last);
      read(duo.asAnn, last);
      long end = duo.send(duo.asBen, "the end");
      for (StompClient socket : List.of(bens, bensOther)) {
        // What Ann has read has gone the same way before it.
        socket.event(event -> event.path("seq").asLong() == end);
      }
      anns.event(event -> event.path("seq").asLong() == end);
      assertThat(anns.passing().stream().filter(ReceiptsIT::isReceipt))
          .allMatch(event -> event.get("userId").asString().equals(duo.ann.toString()));
      for (StompClient socket : List.of(bens, bensOther)) {
        assertThat(socket.passing().stream().filter(ReceiptsIT::isReceipt))
            .allMatch(event -> event.get("userId").asString().equals(duo.ben.toString()));
      }

      for (Http ann : List.of(duo.asAnn, duo.asAnnAtB)) {
        assertThat(readers(ann, first).get("items")).isEmpty();
        assertThat(readers(ann, first).get("receipts").asString()).isEqualTo("on");
      }
      assertThat(readers(duo.asBen, last).get("items")).isEmpty();
      assertThat(readers(duo.asBen, last).get("receipts").asString()).isEqualTo("off");

      switchReceipts(duo.ben, true);
      // What was read meanwhile is not told afterwards; the next is.
      assertThat(other(duo.asAnn, third).get("readSeq").asLong()).isEqualTo(first);
      long again = duo.send(duo.asAnn, "again");
      read(duo.asBen, again);
      assertThat(readOf(duo.ben, anns).get("seq").asLong()).isEqualTo(again);
      assertThat(other(duo.asAnn, third).get("read").asBoolean()).isTrue();
      assertThat(other(duo.asBen, last).get("read").asBoolean()).isTrue();
    }
  }

  @Test
  void nobodyShouldBeToldWhileNobodyKnowsWhoMay() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    Nodes.FLEET.usersAreAway(true);
    try (StompClient anns = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      assertThat(delivered(duo.asBen, seq).status()).isEqualTo(204);
      read(duo.asBen, seq);
      assertThat(duo.item(duo.asBen).get("readSeq").asLong()).isEqualTo(seq);
      assertThat(duo.asAnn.get(duo.path("/messages/" + seq + "/readers")).slug())
          .isEqualTo("store-unavailable");
      Nodes.FLEET.usersAreAway(false);
      // The node leaves it in peace for a while.
      until(() -> Nodes.B.get(ReceiptSwitches.class).isOn(Nodes.FLEET.user()));
      assertThat(other(duo.asAnn, seq).get("read").asBoolean()).isFalse();
      long next = duo.send(duo.asAnn, "next");
      read(duo.asBen, next);
      assertThat(anns.event(ReceiptsIT::isReceipt).get("seq").asLong()).isEqualTo(next);
      assertThat(other(duo.asAnn, seq).get("read").asBoolean()).isTrue();
    }
  }

  @Test
  void whatIsKeptShouldOutliveRedisAndANode() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    Node node = Nodes.start();
    try {
      assertThat(delivered(new Http(node.http(), duo.asBen.token()), seq).status()).isEqualTo(204);
    } finally {
      node.context().close();
    }
    assertThat(other(duo.asAnn, seq).get("delivered").asBoolean()).isTrue();
    // A node dies between the two: the reader, who got no answer, says it again.
    Nodes.A.get(Receipts.class).read(duo.id, duo.ben, seq);
    assertThat(duo.item(duo.asBen).get("readSeq").asLong()).isZero();
    read(duo.asBen, seq);
    assertThat(duo.item(duo.asBen).get("readSeq").asLong()).isEqualTo(seq);
    Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    assertThat(other(duo.asAnn, seq).get("read").asBoolean()).isTrue();
    assertThat(other(duo.asAnnAtB, seq).get("read").asBoolean()).isTrue();
  }

  @Test
  void acrossABlockNothingShouldBeSeen() throws Exception {
    long seq = duo.send(duo.asAnn, "Hello");
    read(duo.asBen, seq);
    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(
            UserEvents.EXCHANGE,
            BlockChanged.ROUTING_KEY,
            new BlockChanged(duo.ben, duo.ann, true, 1, Instant.now()));
    until(() -> readers(duo.asAnn, seq).get("items").isEmpty());
    until(() -> readers(duo.asBen, seq).get("items").isEmpty());
    assertThat(delivered(duo.asBen, seq).status()).isEqualTo(204);
  }

  @Test
  void ownReadEventsShouldHaveAllThatABadgeNeeds() throws Exception {
    String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    UserId named = Nodes.FLEET.user(name);
    Http asNamed = new Http(Nodes.B.http(), Nodes.FLEET.token(named));
    TestGroup group = new TestGroup(duo.ann);
    String path = "/api/v1/conversations/" + group.id;
    publish(group.create(named, duo.ben));
    until(() -> asNamed.get(path + "/events").json().path("items").size() == 1);
    for (String text : List.of("one", "@" + name + " two", "@everyone three", "four")) {
      Answer sent =
          duo.asAnn.post(
              path + "/messages", Map.of("clientMessageId", UUID.randomUUID(), "text", text));
      assertThat(sent.status()).as(sent.response().body()).isEqualTo(201);
    }
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asNamed.token())) {
      check(socket, asNamed, group, "/read", 2, 3, 2);
      check(socket, asNamed, group, "/read", 3, 2, 1);
      check(socket, asNamed, group, "/unread", 2, 4, 2);
      check(socket, asNamed, group, "/read", 5, 0, 0);
    }
  }

  private static void check(
      StompClient socket,
      Http http,
      TestGroup group,
      String what,
      long seq,
      int unread,
      int mentions)
      throws Exception {
    assertThat(http.put("/api/v1/conversations/" + group.id + what, Map.of("seq", seq)).status())
        .isEqualTo(200);
    JsonNode told = socket.event("READ");
    assertThat(told.get("unread").asInt()).isEqualTo(unread);
    assertThat(told.get("mentions").asInt()).isEqualTo(mentions);
    assertThat(told.get("headSeq").asLong()).isEqualTo(5);
    for (JsonNode item : http.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(group.id.toString())) {
        assertThat(item.get("unread").asInt()).isEqualTo(unread);
        assertThat(item.get("mentions").asInt()).isEqualTo(mentions);
        assertThat(item.get("headSeq").asLong()).isEqualTo(5);
        assertThat(item.get("readSeq")).isEqualTo(told.get("seq"));
      }
    }
  }
}
