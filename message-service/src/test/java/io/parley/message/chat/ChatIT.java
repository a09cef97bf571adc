package io.parley.message.chat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.GroupMembersChanged.Kind;
import io.parley.common.events.GroupMembersChanged.Member;
import io.parley.common.events.MessagesStored;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.NotificationQueue;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** Conversations over REST, the projection of groups, and what absent members are told. */
class ChatIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));

  private static String path(Object conversation, String rest) {
    return "/api/v1/conversations/" + conversation + rest;
  }

  private String direct() {
    return asAnn
        .post("/api/v1/conversations/direct", Map.of("userId", ben))
        .json()
        .get("id")
        .asString();
  }

  private static Answer send(Http http, Object conversation, String id, String text) {
    return http.post(path(conversation, "/messages"), Map.of("clientMessageId", id, "text", text));
  }

  @Test
  void directConversationShouldExistOnceWhoeverOpensIt() {
    String id = direct();
    Answer bens = asBen.post("/api/v1/conversations/direct", Map.of("userId", ann));
    assertThat(bens.json().get("id").asString()).isEqualTo(id);
    assertThat(bens.json().get("otherUserId").asString()).isEqualTo(ann.toString());
    assertThat(
            asAnn.post("/api/v1/conversations/direct", Map.of("userId", UUID.randomUUID())).slug())
        .isEqualTo("unknown-user");
  }

  @Test
  void inboxShouldShowHeadLastMessageAndUnread() {
    String id = direct();
    for (int i = 1; i <= 3; i++) {
      assertThat(send(asAnn, id, "m" + i, "text " + i).status()).isEqualTo(201);
    }
    JsonNode item = asBen.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(item.get("headSeq").asLong()).isEqualTo(3);
    assertThat(item.get("unread").asLong()).isEqualTo(3);
    assertThat(item.get("lastMessage").get("text").asString()).isEqualTo("text 3");
    assertThat(asBen.put(path(id, "/read"), Map.of("seq", 2)).json().get("seq").asLong())
        .isEqualTo(2);
    // A marker never goes back.
    assertThat(asBen.put(path(id, "/read"), Map.of("seq", 1)).json().get("seq").asLong())
        .isEqualTo(2);
    item = asBen.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(item.get("unread").asLong()).isEqualTo(1);
    assertThat(item.get("readSeq").asLong()).isEqualTo(2);
    // What I sent is not unread for me.
    item = asAnn.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(item.get("unread").asLong()).isZero();
  }

  @Test
  void sendingShouldMarkNothingUnlessItSaysSo() {
    String id = direct();
    for (int i = 1; i <= 3; i++) {
      send(asBen, id, "m" + i, "text " + i);
    }
    send(asAnn, id, "a1", "did not look");
    send(asBen, id, "m4", "text 4");
    for (Http ann : List.of(asAnn, new Http(Nodes.B.http(), asAnn.token()))) {
      JsonNode item = ann.get("/api/v1/conversations").json().get("items").get(0);
      assertThat(item.get("readSeq").asLong()).isZero();
      // One's own message is never unread.
      assertThat(item.get("unread").asLong()).isEqualTo(4);
    }
    Answer sent =
        asAnn.post(
            path(id, "/messages"),
            Map.of("clientMessageId", "a2", "text", "have read all", "markRead", true));
    assertThat(sent.status()).isEqualTo(201);
    send(asBen, id, "m5", "text 5");
    JsonNode item = asAnn.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(item.get("readSeq")).isEqualTo(sent.json().get("seq"));
    assertThat(item.get("unread").asLong()).isEqualTo(1);
  }

  @Test
  void oneShouldBeAbleToReadAgainFromAMessageOn() throws Exception {
    String id = direct();
    for (int i = 1; i <= 4; i++) {
      send(asBen, id, "m" + i, "text " + i);
    }
    send(asAnn, id, "a1", "mine");
    try (StompClient anns = StompClient.connect(Nodes.B.http(), asAnn.token());
        StompClient bens = StompClient.connect(Nodes.A.http(), asBen.token())) {
      asAnn.put(path(id, "/read"), Map.of("seq", 4));
      assertThat(anns.event("READ").get("unread").asLong()).isZero();
      assertThat(bens.event("READ").get("seq").asLong()).isEqualTo(4);

      Answer back = asAnn.put(path(id, "/unread"), Map.of("seq", 3));
      assertThat(back.json().get("seq").asLong()).isEqualTo(2);
      JsonNode told = anns.event("READ");
      assertThat(told.get("seq").asLong()).isEqualTo(2);
      assertThat(told.get("unread").asLong()).isEqualTo(2);
      JsonNode item = asAnn.get("/api/v1/conversations").json().get("items").get(0);
      assertThat(item.get("readSeq").asLong()).isEqualTo(2);
      assertThat(item.get("unread").asLong()).isEqualTo(2);

      // What is unread already stays where it is.
      assertThat(asAnn.put(path(id, "/unread"), Map.of("seq", 4)).json().get("seq").asLong())
          .isEqualTo(2);
      assertThat(asAnn.put(path(id, "/unread"), Map.of("seq", 99)).slug())
          .isEqualTo("invalid-request");
      assertThat(asAnn.put(path(id, "/unread"), Map.of("seq", 0)).slug())
          .isEqualTo("invalid-request");

      // On again, over a socket: others hear only of what is further than they knew.
      anns.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + id + "/read", "receipt", "1"),
          "{\"seq\":3}");
      anns.receipt("1");
      anns.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + id + "/unread", "receipt", "2"),
          "{\"seq\":1}");
      anns.receipt("2");
      assertThat(anns.event(e -> e.path("seq").asLong(-1) == 0).get("unread").asLong())
          .isEqualTo(4);
      asAnn.put(path(id, "/read"), Map.of("seq", 5));
      assertThat(bens.event("READ").get("seq").asLong()).isEqualTo(5);
      assertThat(anns.event(e -> e.path("seq").asLong() == 5).get("unread").asLong()).isZero();
    }
  }

  @Test
  void historyAndCatchUpShouldPage() {
    String id = direct();
    for (int i = 1; i <= 45; i++) {
      send(i % 2 == 0 ? asAnn : asBen, id, "m" + i, "text " + i);
    }
    List<Long> newestFirst = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = asAnn.get(path(id, "/messages?limit=10" + next)).json();
      page.get("items").forEach(item -> newestFirst.add(item.get("seq").asLong()));
      next = page.get("next").isNull() ? null : "&before=" + page.get("next").asLong();
    } while (next != null);
    assertThat(newestFirst).hasSize(45).isSortedAccordingTo((a, b) -> Long.compare(b, a));

    JsonNode first = asBen.get(path(id, "/events?after=0&limit=30")).json();
    assertThat(first.get("items")).hasSize(30);
    assertThat(first.get("more").asBoolean()).isTrue();
    JsonNode rest = asBen.get(path(id, "/events?after=" + first.get("next"))).json();
    assertThat(rest.get("items")).hasSize(15);
    assertThat(rest.get("items").get(0).get("seq").asLong()).isEqualTo(31);
    assertThat(rest.get("more").asBoolean()).isFalse();
  }

  @Test
  void catchUpShouldTellWhereTheLogEndsWhenTheCallerIsAheadOfIt() {
    String id = direct();
    assertThat(asBen.get(path(id, "/events?after=7")).json().get("next").asLong()).isZero();
    send(asAnn, id, "m1", "text 1");
    send(asAnn, id, "m2", "text 2");
    for (long after : new long[] {3, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
      JsonNode page = asBen.get(path(id, "/events?after=" + after)).json();
      assertThat(page.get("items")).isEmpty();
      assertThat(page.get("next").asLong()).isEqualTo(2);
      assertThat(page.get("more").asBoolean()).isFalse();
    }
    assertThat(asBen.get(path(id, "/events?after=2")).json().get("next").asLong()).isEqualTo(2);
  }

  @Test
  void replyShouldNameAMessage() {
    String id = direct();
    long seq = send(asAnn, id, "q", "question").json().get("seq").asLong();
    Answer reply =
        asBen.post(
            path(id, "/messages"), Map.of("clientMessageId", "a", "text", "yes", "replyTo", seq));
    assertThat(reply.status()).isEqualTo(201);
    JsonNode message = asAnn.get(path(id, "/messages")).json().get("items").get(0);
    assertThat(message.get("replyTo").asLong()).isEqualTo(seq);
  }

  @Test
  void repeatShouldGetTheOriginalResult() {
    String id = direct();
    Answer first = send(asAnn, id, "same", "text");
    Answer again = send(new Http(Nodes.B.http(), asAnn.token()), id, "same", "text");
    assertThat(again.json()).isEqualTo(first.json());
    Answer other = send(asAnn, id, "same", "other");
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.slug()).isEqualTo("client-message-id-reused");
    // Another author may use the same id.
    assertThat(send(asBen, id, "same", "mine").json().get("seq").asLong()).isEqualTo(2);
  }

  @Test
  void strangersShouldGetNothing() {
    String id = direct();
    send(asAnn, id, "m", "secret");
    for (Answer answer :
        List.of(
            send(asCleo, id, "x", "let me in"),
            asCleo.get(path(id, "/messages")),
            asCleo.get(path(id, "/events")),
            asCleo.put(path(id, "/read"), Map.of("seq", 1)))) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.slug()).isEqualTo("conversation-not-found");
      assertThat(answer.response().body()).doesNotContain("secret");
    }
    // Nobody can tell whether two others have a conversation: the same as if they had none.
    JsonNode none = asCleo.get(path(UUID.randomUUID(), "/messages")).json();
    JsonNode theirs = asCleo.get(path(id, "/messages")).json();
    for (String member : List.of("type", "title", "status", "detail")) {
      assertThat(theirs.path(member)).isEqualTo(none.path(member));
    }
    assertThat(asCleo.get(path(UUID.randomUUID(), "/messages")).slug())
        .isEqualTo("conversation-not-found");
    assertThat(asCleo.get("/api/v1/conversations").json().get("items")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST | /messages | {                                         | 400
          POST | /messages | {"clientMessageId":"c"}                   | 400
          POST | /messages | {"clientMessageId":"","text":"t"}         | 400
          POST | /messages | {"clientMessageId":"c c","text":"t"}      | 400
          POST | /messages | {"clientMessageId":"c","text":"  "}       | 400
          POST | /messages | {"clientMessageId":"c","text":["t"]}      | 400
          POST | /messages | {"clientMessageId":1,"text":"t"}          | 400
          POST | /messages | {"clientMessageId":"c","text":"t","x":1}  | 400
          POST | /messages | {"clientMessageId":"c","text":"t","text":"u"} | 400
          POST | /messages | {"clientMessageId":"c","text":"\\u0000"}  | 400
          POST | /messages | {"clientMessageId":"c","text":"t"} trailing | 400
          POST | /messages | {"clientMessageId":"c","text":"t","replyTo":0} | 400
          POST | /messages | {"clientMessageId":"c","text":"t","replyTo":1.5} | 400
          PUT  | /read     | {"seq":"one"}                             | 400
          PUT  | /read     | {"seq":null}                              | 400
          PUT  | /read     | {}                                        | 400
          PUT  | /read     | {"seq":5}                                 | 400
          GET  | /messages?before=0   | ``                             | 400
          GET  | /messages?limit=0    | ``                             | 400
          GET  | /messages?limit=201  | ``                             | 400
          GET  | /messages?limit=ten  | ``                             | 400
          GET  | /events?after=-1     | ``                             | 400
          DELETE | /messages | ``                                      | 405
          GET  | /nothing  | ``                                        | 404
          """)
  void badInputShouldGetAClearProblem(String method, String rest, String body, int status) {
    String id = direct();
    Answer answer = asAnn.call(method, path(id, rest), body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
    assertThat(answer.response().headers().firstValue("Content-Type"))
        .hasValue("application/problem+json");
    assertThat(answer.slug()).isNotEmpty();
    assertThat(asAnn.get(path(id, "/events")).json().get("items")).isEmpty();
  }

  @Test
  void badIdsBodiesAndTokensShouldBeRefused() {
    String id = direct();
    assertThat(asAnn.get(path("not-an-id", "/messages")).status()).isEqualTo(400);
    assertThat(asAnn.get(path("1-1-1-1-1", "/messages")).status()).isEqualTo(400);
    assertThat(send(asAnn, id, "big", "x".repeat(70_000)).status()).isEqualTo(413);
    assertThat(new Http(Nodes.A.http(), "").get(path(id, "/messages")).status()).isEqualTo(401);
    Http late =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(ann, Instant.now().minusSeconds(1), UnaryOperator.identity()));
    assertThat(late.get(path(id, "/messages")).slug()).isEqualTo("token-expired");
  }

  @Test
  void textShouldBeKeptByteForByte() {
    String id = direct();
    List<String> texts =
        List.of(
            "𝕏𝕐𝕫 4-byte",
            "\u202Eright to left\u202C",
            "👩‍👩‍👧‍👦🏳️‍🌈",
            "e\u0301 is not é",
            "日本語テキスト",
            "\t tab\nline\r\n",
            "<script>alert(1)</script>",
            "'; DROP TABLE users; --",
            "\uFEFFbom\uFFFD",
            "{\"json\":true}",
            "null",
            "\\u0041 \\n",
            "MESSAGE\n\n\\0",
            "ﷺ﷽",
            "Ω≈ç√∫˜µ≤≥÷");
    for (int i = 0; i < texts.size(); i++) {
      assertThat(send(asAnn, id, "t" + i, texts.get(i)).status()).isEqualTo(201);
    }
    List<String> read = new ArrayList<>();
    asBen
        .get(path(id, "/events"))
        .json()
        .get("items")
        .forEach(item -> read.add(item.get("text").asString()));
    assertThat(read).containsExactlyElementsOf(texts);
  }

  // --- groups ----------------------------------------------------------------------------------

  private static void publish(GroupMembersChanged change) {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    rabbit.convertAndSend(GroupMembersChanged.EXCHANGE, "group." + change.groupId(), change);
  }

  private GroupMembersChanged change(UUID group, long version, Kind kind, Member... members) {
    return new GroupMembersChanged(
        group, version, "the group", kind, List.of(members), ann, Instant.now(), null, false);
  }

  @Test
  void groupEventsShouldReachTheLogAndTheSocketsWhateverTheirOrder() throws Exception {
    UUID group = UUID.randomUUID();
    try (StompClient annSocket = StompClient.connect(Nodes.A.http(), asAnn.token());
        StompClient benSocket = StompClient.connect(Nodes.B.http(), asBen.token())) {
      GroupMembersChanged created =
          change(
              group,
              1,
              Kind.CREATED,
              new Member(ann, GroupRole.OWNER, true, null, null),
              new Member(ben, GroupRole.MEMBER, true, null, null));
      publish(created);
      benSocket.event("JOINED");
      annSocket.event("JOINED");
      send(asAnn, group, "m1", "welcome");
      assertThat(benSocket.event("MESSAGE").get("text").asString()).isEqualTo("welcome");

      GroupMembersChanged gone =
          change(
              group, 3, Kind.MEMBERS_REMOVED, new Member(ben, GroupRole.MEMBER, false, null, null));
      publish(gone);
      benSocket.event("LEFT");
      publish(created);
      publish(
          change(
              group, 2, Kind.MEMBERS_ADDED, new Member(cleo, GroupRole.MEMBER, true, null, null)));
      publish(gone);
      // Repeats are not doubled: CREATED, the message, REMOVED, ADDED.
      long last =
          annSocket
              .event(e -> e.path("change").asString().equals("MEMBERS_ADDED"))
              .get("seq")
              .asLong();
      assertThat(last).isEqualTo(4);
      send(asAnn, group, "m2", "without ben");
      assertThat(
              annSocket
                  .event(e -> e.path("text").asString().equals("without ben"))
                  .get("seq")
                  .asLong())
          .isEqualTo(5);
      TestGroup.until(() -> asBen.get(path(group, "/messages")).slug().equals("not-a-member"));
      TestGroup.until(() -> asCleo.get(path(group, "/messages")).status() == 200);
      Thread.sleep(300);
      assertThat(benSocket.messages()).isEmpty();
    }
  }

  @Test
  void groupThatNoEventHasToldOfShouldBeAskedFor() {
    UUID group = Nodes.FLEET.quietGroup("quiet", ann, ben);
    assertThat(send(asAnn, group, "m1", "first").status()).isEqualTo(201);
    JsonNode item = asBen.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(item.get("name").asString()).isEqualTo("quiet");
    assertThat(item.get("kind").asString()).isEqualTo("GROUP");
  }

  // --- notification-service ----------------------------------------------------------------------

  /** Who is connected may not read it all the same: that is not decided here. */
  @Test
  void allMembersButTheAuthorShouldBeToldToNotificationService() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("quiet", ann, ben, cleo);
    NotificationQueue queue = new NotificationQueue(ann);
    try (StompClient benSocket = StompClient.connect(Nodes.B.http(), asBen.token())) {
      JsonNode sent = send(asAnn, group, "m1", "where is cleo?").json();
      benSocket.event("JOINED");
      Message message = requireNonNull(queue.next(Duration.ofSeconds(30)));
      MessagesStored.Stored stored = queue.own(message).getFirst();
      assertThat(stored.recipients()).containsExactlyInAnyOrder(ben, cleo);
      assertThat(stored.conversationId()).isEqualTo(new ConversationId(group));
      assertThat(stored.conversationKind()).isEqualTo("GROUP");
      assertThat(stored.senderId()).isEqualTo(ann);
      assertThat(stored.seq()).isEqualTo(sent.get("seq").asLong());
      assertThat(stored.messageId()).isEqualTo(sent.get("id").asString());
      assertThat(stored.sentAt()).isEqualTo(sent.get("at").asString());
      // No queue holds what was written, nor a name.
      assertThat(new String(message.getBody(), StandardCharsets.UTF_8))
          .doesNotContain("where is cleo?", "quiet", "user-" + ann.toString().substring(0, 8));
      assertThat(queue.next(Duration.ofMillis(500))).isNull();
    }
  }
}
