package io.parley.message.facts;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.access.ServiceTokens;
import io.parley.common.events.BlockChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** What notification-service is answered, by both nodes. */
class FactsIT {

  private static final String PATH = "/internal/notifications/facts";

  private final Duo duo = new Duo();

  @AfterEach
  void usersAreBack() {
    Nodes.FLEET.usersAreAway(false);
  }

  private static Http service(Nodes.Node node) {
    return new Http(
        node.http(),
        new ServiceTokens(Nodes.SECRET, "notification-service", Clock.systemUTC())
            .bearer("message-service")
            .substring("Bearer ".length()));
  }

  private static Map<String, Object> question(Object conversation, long seq, UserId... users) {
    return Map.of("conversationId", conversation, "seq", seq, "userIds", List.of(users));
  }

  private static Answer ask(Nodes.Node node, List<?> questions) {
    return service(node).post(PATH, Map.of("questions", questions));
  }

  private static JsonNode answered(Nodes.Node node, List<?> questions) {
    Answer answer = ask(node, questions);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  /** Of one message, by a node that has no more to do with it than the other. */
  private static JsonNode message(Object conversation, long seq, UserId... users) {
    return answered(Nodes.B, List.of(question(conversation, seq, users))).at("/messages/0");
  }

  private static JsonNode recipient(Object conversation, long seq, UserId user) {
    return message(conversation, seq, user).at("/recipients/0");
  }

  private static int badge(UserId user) {
    return answered(Nodes.A, List.of(question(new UUID(0, 0), 1, user)))
        .at("/badges/" + user)
        .asInt();
  }

  private static long send(Http http, Object conversation, String text) {
    return send(http, conversation, text, Map.of());
  }

  private static long send(Http http, Object conversation, String text, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("clientMessageId", UUID.randomUUID());
    body.put("text", text);
    Answer answer = http.post("/api/v1/conversations/" + conversation + "/messages", body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isBetween(200, 204);
  }

  // --- the message -----------------------------------------------------------------------------

  @Test
  void aMessageShouldBeToldAsItIs() {
    long seq = duo.send(duo.asAnn, "hello");
    JsonNode sent = duo.events(duo.asAnn).getLast();
    JsonNode message = message(duo.id, seq, duo.ben);

    assertThat(message.get("conversationId").asString()).isEqualTo(duo.id.toString());
    assertThat(message.get("seq").asLong()).isEqualTo(seq);
    assertThat(message.get("messageId").asString()).isEqualTo(sent.get("id").asString());
    assertThat(message.get("conversationKind").asString()).isEqualTo("DIRECT");
    assertThat(message.get("conversationName").isNull()).isTrue();
    assertThat(message.get("members").asInt()).isEqualTo(2);
    assertThat(message.get("senderId").asString()).isEqualTo(duo.ann.toString());
    assertThat(message.get("senderName").asString()).startsWith("the user-");
    assertThat(message.get("text").asString()).isEqualTo("hello");
    assertThat(message.get("gone").asBoolean()).isFalse();
    assertThat(message.get("sentAt").asString()).isEqualTo(sent.get("at").asString());
    for (String none : List.of("editedAt", "expiresAt", "threadSeq")) {
      assertThat(message.get(none).isNull()).as(none).isTrue();
    }
    assertThat(message.get("everyone").asBoolean()).isFalse();
    assertThat(message.get("recipients").toString())
        .isEqualTo(
            ("[{'userId':'"
                    + duo.ben
                    + "','sees':true,'read':false,'mutedUntil':null,"
                    + "'mentioned':false,'everyone':false,'followsThread':false,'blocked':false,"
                    + "'foreground':false,'doNotDisturb':false}]")
                .replace('\'', '"'));
  }

  @Test
  void anEditShouldBeToldAndADeletionShouldLeaveNothing() {
    long seq = duo.send(duo.asAnn, "secret");
    ok(duo.asAnn.call("PATCH", duo.path("/messages/" + seq), Map.of("text", "public")));
    JsonNode edited = message(duo.id, seq, duo.ben);
    assertThat(edited.get("text").asString()).isEqualTo("public");
    assertThat(Instant.parse(edited.get("editedAt").asString()))
        .isAfter(edited.get("sentAt").asString());

    ok(duo.asAnn.delete(duo.path("/messages/" + seq)));
    JsonNode deleted = message(duo.id, seq, duo.ben);
    assertThat(deleted.get("gone").asBoolean()).isTrue();
    assertThat(deleted.get("text").isNull()).isTrue();
    assertThat(deleted.toString()).doesNotContain("secret", "public");
  }

  @Test
  void whatHasExpiredShouldBeGone() throws Exception {
    ok(duo.asAnn.put(duo.path("/disappearing"), Map.of("expireSeconds", 1)));
    until(
        () -> {
          long seq = duo.send(duo.asAnn, "soon gone");
          return !message(duo.id, seq, duo.ben).get("expiresAt").isNull();
        });
    long seq = duo.send(duo.asAnn, "soon gone");
    until(() -> message(duo.id, seq, duo.ben).get("gone").asBoolean());
    assertThat(message(duo.id, seq, duo.ben).get("text").isNull()).isTrue();
  }

  @Test
  void aLongTextShouldBeCutAndNotWithinACharacter() {
    long seq = duo.send(duo.asAnn, "a".repeat(399) + "😀 and more");
    assertThat(message(duo.id, seq, duo.ben).get("text").asString()).isEqualTo("a".repeat(399));
  }

  @Test
  void whatIsNotThereShouldBeGone() {
    long seq = duo.send(duo.asAnn, "hello");
    JsonNode messages =
        answered(
                Nodes.A,
                List.of(
                    question(UUID.randomUUID(), 1, duo.ben),
                    question(duo.id, seq + 1, duo.ben),
                    question(duo.id, 1L << 60, duo.ben),
                    question(duo.id, seq, duo.ben)))
            .get("messages");
    for (int i = 0; i < 3; i++) {
      assertThat(messages.get(i).get("gone").asBoolean()).isTrue();
      assertThat(messages.get(i).get("messageId").isNull()).isTrue();
    }
    assertThat(messages.at("/0/recipients/0/sees").asBoolean()).isFalse();
    assertThat(messages.at("/3/gone").asBoolean()).isFalse();
  }

  /** Not what the group was called, nor an event that is none. */
  @Test
  void aGroupShouldHaveItsNameAndOtherEventsShouldBeNoMessages() throws Exception {
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(duo.ben, duo.other), group.rename("other name"));
    until(
        () ->
            message(group.id, 1, duo.ben)
                .get("conversationName")
                .asString("")
                .equals("other name"));
    long seq = send(duo.asAnn, group.id, "hello");
    JsonNode message = message(group.id, seq, duo.ben, duo.other);
    assertThat(message.get("conversationKind").asString()).isEqualTo("GROUP");
    assertThat(message.get("members").asInt()).isEqualTo(3);
    assertThat(message.get("recipients")).hasSize(2);
    // The first event says who is in it.
    assertThat(message(group.id, 1, duo.ben).get("gone").asBoolean()).isTrue();
  }

  @Test
  void aMessageWhoseAuthorIsErasedShouldBeGone() {
    UserId eve = Nodes.FLEET.user();
    Http asEve = new Http(Nodes.A.http(), Nodes.FLEET.token(eve));
    UUID group = Nodes.FLEET.quietGroup("g", eve, duo.ben);
    long seq = send(asEve, group, "hello");
    Nodes.FLEET.erase(eve);
    assertThat(message(group, seq, duo.ben).get("gone").asBoolean()).isTrue();
  }

  @Test
  void sendersShouldBeKnownByNameWhileUserServiceIsAway() {
    long seq = duo.send(duo.asAnn, "hello");
    String name = message(duo.id, seq, duo.ben).get("senderName").asString();
    UserId stranger = Nodes.FLEET.user();
    UUID group = Nodes.FLEET.quietGroup("g", stranger, duo.ben);
    long other = send(new Http(Nodes.A.http(), Nodes.FLEET.token(stranger)), group, "hello");
    Nodes.FLEET.usersAreAway(true);

    assertThat(message(duo.id, seq, duo.ben).get("senderName").asString()).isEqualTo(name);
    Answer unknown = ask(Nodes.B, List.of(question(group, other, duo.ben)));
    assertThat(unknown.status()).isEqualTo(503);
    assertThat(unknown.slug()).isEqualTo("store-unavailable");
  }

  // --- those to whom it may be of interest -----------------------------------------------------

  @Test
  void whatIsReadShouldBeToldAsRead() {
    long first = duo.send(duo.asAnn, "one");
    long second = duo.send(duo.asAnn, "two");
    ok(duo.asBen.put(duo.path("/read"), Map.of("seq", first)));
    assertThat(recipient(duo.id, first, duo.ben).get("read").asBoolean()).isTrue();
    assertThat(recipient(duo.id, second, duo.ben).get("read").asBoolean()).isFalse();
    ok(duo.asBen.put(duo.path("/unread"), Map.of("seq", first)));
    assertThat(recipient(duo.id, first, duo.ben).get("read").asBoolean()).isFalse();
  }

  @Test
  void onlyMembersWhoMaySeeItShouldSee() throws Exception {
    UserId late = Nodes.FLEET.user();
    TestGroup group = new TestGroup(duo.ann).with(TestGroup.fromJoining());
    publish(group.create(duo.ben));
    until(() -> duo.asBen.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    long before = send(duo.asAnn, group.id, "before");
    publish(group.add(late));
    Http asLate = new Http(Nodes.A.http(), Nodes.FLEET.token(late));
    until(() -> asLate.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    long after = send(duo.asAnn, group.id, "after");
    until(() -> recipient(group.id, after, late).get("sees").asBoolean());
    assertThat(recipient(group.id, before, late).get("sees").asBoolean()).isFalse();
    assertThat(recipient(group.id, before, duo.ben).get("sees").asBoolean()).isTrue();
    assertThat(recipient(group.id, after, duo.other).get("sees").asBoolean()).isFalse();

    ok(duo.asBen.delete("/api/v1/conversations/" + group.id + "/messages/" + after + "?for=me"));
    assertThat(recipient(group.id, after, duo.ben).get("sees").asBoolean()).isFalse();
    assertThat(recipient(group.id, before, duo.ben).get("sees").asBoolean()).isTrue();

    publish(group.remove(duo.ben));
    until(() -> !recipient(group.id, before, duo.ben).get("sees").asBoolean());

    publish(group.delete());
    until(() -> !recipient(group.id, after, late).get("sees").asBoolean());
  }

  @Test
  void muteAndDoNotDisturbShouldBeTold() {
    long seq = duo.send(duo.asAnn, "hello");
    ok(
        duo.asBen.call(
            "PATCH", duo.path("/settings"), Map.of("mutedUntil", "2999-01-01T00:00:00Z")));
    ok(duo.asBen.put("/api/v1/users/me/presence", Map.of("show", "dnd")));
    JsonNode ben = recipient(duo.id, seq, duo.ben);
    assertThat(ben.get("mutedUntil").asString()).isEqualTo("2999-01-01T00:00:00Z");
    assertThat(ben.get("doNotDisturb").asBoolean()).isTrue();

    ok(
        duo.asBen.call(
            "PATCH", duo.path("/settings"), Map.of("mutedUntil", "2001-01-01T00:00:00Z")));
    ok(duo.asBen.put("/api/v1/users/me/presence", Map.of("show", "auto")));
    JsonNode later = recipient(duo.id, seq, duo.ben);
    assertThat(later.get("mutedUntil").isNull()).isTrue();
    assertThat(later.get("doNotDisturb").asBoolean()).isFalse();
  }

  @Test
  void aClientInTheForegroundShouldCountOnWhateverNode() throws Exception {
    long seq = duo.send(duo.asAnn, "hello");
    try (StompClient phone = StompClient.connect(Nodes.A.http(), duo.asBen.token())) {
      until(() -> recipient(duo.id, seq, duo.ben).get("foreground").asBoolean());
      phone.send(
          "SEND",
          Map.of("destination", "/app/session/presence", "receipt", "show"),
          "{\"state\":\"background\"}");
      phone.receipt("show");
      until(() -> !recipient(duo.id, seq, duo.ben).get("foreground").asBoolean());
    }
  }

  /** Its connection may be dead, long before it is closed; others see it online until then. */
  @Test
  void aClientThatIsSilentShouldNotCountAsInTheForeground() throws Exception {
    long seq = duo.send(duo.asAnn, "hello");
    try (StompClient phone = StompClient.open(Nodes.A.http())) {
      phone.send(
          "CONNECT",
          Map.of(
              "accept-version",
              "1.2",
              "heart-beat",
              "6000,0",
              "Authorization",
              "Bearer " + duo.asBen.token()),
          "");
      phone.next();
      until(() -> recipient(duo.id, seq, duo.ben).get("foreground").asBoolean());
      until(() -> !recipient(duo.id, seq, duo.ben).get("foreground").asBoolean());
      assertThat(phone.isClosed()).isFalse();
      assertThat(
              duo.asBen
                  .get("/api/v1/presence?userIds=" + duo.ben)
                  .json()
                  .at("/items/0/presence")
                  .asString())
          .isEqualTo("online");
      phone.raw("\n");
      until(() -> recipient(duo.id, seq, duo.ben).get("foreground").asBoolean());
    }
  }

  @Test
  void whoIsMentionedShouldBeTold() throws Exception {
    UserId cleo = Nodes.FLEET.user("cleo" + UUID.randomUUID().toString().substring(0, 8));
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(duo.ben, cleo));
    until(() -> duo.asBen.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    String name = "cleo" + group.id.toString().substring(0, 8);
    Nodes.FLEET.rename(cleo, name);
    long named = send(duo.asAnn, group.id, "@" + name + " look");
    assertThat(recipient(group.id, named, cleo).get("mentioned").asBoolean()).isTrue();
    assertThat(recipient(group.id, named, duo.ben).get("mentioned").asBoolean()).isFalse();

    long all = send(duo.asAnn, group.id, "@everyone look");
    JsonNode toAll = message(group.id, all, duo.ben, cleo);
    assertThat(toAll.get("everyone").asBoolean()).isTrue();
    assertThat(toAll.at("/recipients/1/everyone").asBoolean()).isTrue();
    assertThat(toAll.at("/recipients/1/mentioned").asBoolean()).isFalse();

    long here = send(duo.asAnn, group.id, "@here look");
    assertThat(message(group.id, here, duo.ben, cleo).get("everyone").asBoolean()).isFalse();
    try (StompClient bens = StompClient.connect(Nodes.A.http(), duo.asBen.token())) {
      until(() -> recipient(group.id, here, duo.ben).get("everyone").asBoolean());
      assertThat(recipient(group.id, here, cleo).get("everyone").asBoolean()).isFalse();
      assertThat(bens.isClosed()).isFalse();
    }

    // What it says now counts.
    ok(
        duo.asAnn.call(
            "PATCH",
            "/api/v1/conversations/" + group.id + "/messages/" + named,
            Map.of("text", "nobody")));
    assertThat(recipient(group.id, named, cleo).get("mentioned").asBoolean()).isFalse();
  }

  @Test
  void whoFollowsAThreadShouldBeToldAndWhatIsReadInIt() {
    UserId cleo = Nodes.FLEET.user();
    UUID group = Nodes.FLEET.quietGroup("threads", duo.ann, duo.ben, cleo);
    long root = send(duo.asBen, group, "root");
    long reply = send(duo.asAnn, group, "reply", Map.of("replyTo", root));
    long toAll =
        send(duo.asAnn, group, "both", Map.of("replyTo", root, "alsoToConversation", true));
    JsonNode message = message(group, reply, duo.ben, cleo);
    assertThat(message.get("threadSeq").asLong()).isEqualTo(root);
    assertThat(message.get("alsoToConversation").asBoolean()).isFalse();
    assertThat(message(group, toAll, cleo).get("alsoToConversation").asBoolean()).isTrue();
    assertThat(message.at("/recipients/0/followsThread").asBoolean()).isTrue();
    assertThat(message.at("/recipients/0/read").asBoolean()).isFalse();
    assertThat(message.at("/recipients/1/followsThread").asBoolean()).isFalse();

    ok(
        duo.asBen.put(
            "/api/v1/conversations/" + group + "/messages/" + root + "/thread/read",
            Map.of("seq", reply)));
    assertThat(recipient(group, reply, duo.ben).get("read").asBoolean()).isTrue();
    assertThat(recipient(group, toAll, duo.ben).get("read").asBoolean()).isFalse();
    ok(duo.asBen.delete("/api/v1/conversations/" + group + "/messages/" + root + "/thread/follow"));
    assertThat(recipient(group, toAll, duo.ben).get("followsThread").asBoolean()).isFalse();
  }

  @Test
  void aBlockOfEitherShouldBeTold() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("blocked", duo.ann, duo.ben, duo.other);
    long seq = send(duo.asAnn, group, "hello");
    assertThat(recipient(group, seq, duo.ben).get("blocked").asBoolean()).isFalse();
    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(
            UserEvents.EXCHANGE,
            BlockChanged.ROUTING_KEY,
            new BlockChanged(duo.ben, duo.ann, true, Long.MAX_VALUE / 4, Instant.now()));
    until(() -> recipient(group, seq, duo.ben).get("blocked").asBoolean());
    assertThat(recipient(group, seq, duo.other).get("blocked").asBoolean()).isFalse();
    long reverse = send(duo.asBen, group, "hello");
    assertThat(recipient(group, reverse, duo.ann).get("blocked").asBoolean()).isTrue();
  }

  // --- badges ----------------------------------------------------------------------------------

  @Test
  void badgesShouldBeWhatTheInboxHasWithoutMutedAndArchived() {
    UUID group = Nodes.FLEET.quietGroup("badge", duo.ann, duo.ben);
    UUID muted = Nodes.FLEET.quietGroup("muted", duo.ann, duo.ben);
    UUID archived = Nodes.FLEET.quietGroup("archived", duo.ann, duo.ben);
    assertThat(badge(duo.ben)).isZero();
    long first = duo.send(duo.asAnn, "one");
    duo.send(duo.asAnn, "two");
    duo.send(duo.asBen, "own");
    long deleted = duo.send(duo.asAnn, "deleted");
    ok(duo.asAnn.delete(duo.path("/messages/" + deleted)));
    long hidden = send(duo.asAnn, group, "hidden");
    send(duo.asAnn, group, "three");
    send(duo.asAnn, muted, "muted");
    send(duo.asAnn, archived, "archived");
    assertThat(badge(duo.ben)).isEqualTo(6);

    ok(duo.asBen.delete("/api/v1/conversations/" + group + "/messages/" + hidden + "?for=me"));
    assertThat(badge(duo.ben)).isEqualTo(5);
    ok(
        duo.asBen.call(
            "PATCH",
            "/api/v1/conversations/" + muted + "/settings",
            Map.of("mutedUntil", "2999-01-01T00:00:00Z")));
    ok(
        duo.asBen.call(
            "PATCH", "/api/v1/conversations/" + archived + "/settings", Map.of("archived", true)));
    assertThat(badge(duo.ben)).isEqualTo(3);
    ok(duo.asBen.put(duo.path("/read"), Map.of("seq", first)));
    assertThat(badge(duo.ben)).isEqualTo(2);
    // It comes back with a message.
    send(duo.asAnn, archived, "again");
    assertThat(badge(duo.ben)).isEqualTo(4);
    long unread = 0;
    for (JsonNode item : duo.asBen.get("/api/v1/conversations").json().get("items")) {
      unread += item.at("/settings/mutedUntil").isNull() ? item.get("unread").asLong() : 0;
    }
    assertThat(badge(duo.ben)).isEqualTo((int) unread);
    assertThat(badge(Nodes.FLEET.user())).isZero();
  }

  @Test
  void badgesShouldBeRightWhenRedisHasForgottenWhatWasSaidLast() {
    duo.send(duo.asAnn, "one");
    duo.send(duo.asAnn, "two");
    assertThat(badge(duo.ben)).isEqualTo(2);
    LastMessageKeys.forget(duo.id);
    assertThat(badge(duo.ben)).isEqualTo(2);
  }

  @Test
  void joinersShouldNotCountWhatWasBefore() throws Exception {
    UserId late = Nodes.FLEET.user();
    Http asLate = new Http(Nodes.A.http(), Nodes.FLEET.token(late));
    TestGroup group = new TestGroup(duo.ann).with(TestGroup.fromJoining());
    publish(group.create(duo.ben));
    until(() -> duo.asBen.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    send(duo.asAnn, group.id, "before");
    publish(group.add(late));
    until(() -> asLate.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    send(duo.asAnn, group.id, "after");
    until(() -> badge(late) == 1);
  }

  // --- what is refused -------------------------------------------------------------------------

  @Test
  void fiveHundredPairsShouldBeAnsweredAndNoMore() {
    long seq = duo.send(duo.asAnn, "hello");
    UserId[] users =
        IntStream.range(0, 249).mapToObj(i -> new UserId(new UUID(7, i))).toArray(UserId[]::new);
    List<Object> questions = new ArrayList<>();
    questions.add(question(duo.id, seq, users));
    questions.add(question(duo.id, seq, users));
    questions.add(question(duo.id, seq, duo.ben));
    // A message without anybody is one, too.
    questions.add(question(duo.id, seq));
    JsonNode answer = answered(Nodes.A, questions);
    assertThat(answer.get("messages")).hasSize(4);
    assertThat(answer.get("badges")).hasSize(250);

    questions.add(question(duo.id, seq));
    Answer refused = ask(Nodes.A, questions);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.slug()).isEqualTo("invalid-request");
    assertThat(refused.json().get("detail").asString()).contains("500");
  }

  @Test
  void theLargestQuestionsShouldBeTakenAndNothingLarger() {
    List<Object> questions = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      questions.add(question(UUID.randomUUID(), Long.MAX_VALUE - i, new UserId(UUID.randomUUID())));
    }
    assertThat(answered(Nodes.A, questions).get("messages")).hasSize(500);
    Answer refused = service(Nodes.A).call("POST", PATH, " ".repeat(129 * 1024) + "{}");
    assertThat(refused.status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"questions\":null}",
        "{\"questions\":[null]}",
        "{\"questions\":[{\"seq\":1,\"userIds\":[]}]}",
        "{\"questions\":[{\"conversationId\":\"no\",\"seq\":1,\"userIds\":[]}]}",
        "{\"questions\":[{\"conversationId\":\"00000000-0000-8000-8000-000000000000\",\"userIds\":[]}]}",
        "{\"questions\":[{\"conversationId\":\"00000000-0000-8000-8000-000000000000\",\"seq\":0,\"userIds\":[]}]}",
        "{\"questions\":[{\"conversationId\":\"00000000-0000-8000-8000-000000000000\",\"seq\":1}]}",
        "{\"questions\":[{\"conversationId\":\"00000000-0000-8000-8000-000000000000\",\"seq\":1,\"userIds\":[null]}]}",
        "{\"questions\":[{\"conversationId\":\"00000000-0000-8000-8000-000000000000\",\"seq\":1,\"userIds\":[\"ben\"]}]}"
      })
  void whatIsNoQuestionShouldBeRefused(String body) {
    Answer answer = service(Nodes.A).call("POST", PATH, body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
  }

  @Test
  void onlyServicesShouldBeAnswered() {
    Map<String, Object> asked = Map.of("questions", List.of());
    assertThat(service(Nodes.A).post(PATH, asked).status()).isEqualTo(200);
    assertThat(new Http(Nodes.A.http(), "").post(PATH, asked).status()).isEqualTo(401);
    assertThat(duo.asAnn.post(PATH, asked).status()).isEqualTo(401);
    String forAnother =
        new ServiceTokens(Nodes.SECRET, "notification-service", Clock.systemUTC())
            .bearer("user-service")
            .substring("Bearer ".length());
    assertThat(new Http(Nodes.A.http(), forAnother).post(PATH, asked).status()).isEqualTo(401);
  }

  // --- what it costs ---------------------------------------------------------------------------

  private static long reads() {
    Timer timer =
        Nodes.A.get(MeterRegistry.class)
            .find("parley.cassandra.requests")
            .tag("operation", "read")
            .timer();
    return timer == null ? 0 : timer.count();
  }

  /** Of several runs the cheapest: others than the test's may be counted, too. */
  private static long cost(List<?> questions) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long before = reads();
      answered(Nodes.A, questions);
      least = Math.min(least, reads() - before);
    }
    return least;
  }

  @Test
  void aBatchShouldCostAFewReadsForEachUserAndEachConversation() {
    int users = 60;
    int groups = 5;
    UserId[] members = new UserId[users];
    for (int i = 0; i < users; i++) {
      members[i] = Nodes.FLEET.user();
    }
    Http asFirst = new Http(Nodes.A.http(), Nodes.FLEET.token(members[0]));
    List<Object> questions = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      UUID group = Nodes.FLEET.quietGroup("cost", members);
      long seq = 0;
      for (int j = 0; j < 3; j++) {
        seq = send(asFirst, group, "hello");
      }
      questions.add(question(group, seq, members));
    }
    // Memberships, markers, settings and presence of each user. Of each conversation its row, its
    // members, the message and what is unread, the latter two with the epoch.
    assertThat(cost(questions)).isLessThanOrEqualTo(4L * users + 6L * groups);
  }
}
