package io.parley.message.disappearing;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.UserId;
import io.parley.message.ConcurrentTest;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.Conversation;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Messages that disappear, on two nodes. */
class DisappearingIT {

  private final Duo duo = new Duo();
  private final LogReader reader = Nodes.A.get(LogReader.class);

  private Answer set(Http http, Object seconds) {
    return http.put(duo.path("/disappearing"), Map.of("expireSeconds", seconds));
  }

  private void setTo(Http http, int seconds) {
    Answer answer = set(http, seconds);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.json().get("expireSeconds").asInt()).isEqualTo(seconds);
  }

  private static Answer sent(Http http, String path, String id, @Nullable Long replyTo) {
    Map<String, Object> body =
        replyTo == null
            ? Map.of("clientMessageId", id, "text", "secret " + id)
            : Map.of("clientMessageId", id, "text", "secret " + id, "replyTo", replyTo);
    return http.post(path + "/messages", body);
  }

  private static long send(Http http, String path, String id, @Nullable Long replyTo) {
    Answer answer = sent(http, path, id, replyTo);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  /** The node hears of the timer by the event. */
  private static void awaitTimer(Http http, String path, boolean on) throws Exception {
    until(
        () -> {
          Map<String, Object> probe = Map.of("clientMessageId", UUID.randomUUID(), "text", "probe");
          long seq = http.post(path + "/messages", probe).json().get("seq").asLong();
          return http.get(path + "/messages/" + seq).json().has("expiresAt") == on;
        });
  }

  private static long sendExpiring(Http http, String path) throws Exception {
    awaitTimer(http, path, true);
    return send(http, path, UUID.randomUUID().toString(), null);
  }

  private JsonNode message(Http http, long seq) {
    return http.get(duo.path("/messages/" + seq)).json();
  }

  private long head() {
    LogHead head = reader.head(duo.id);
    return head == null ? 0 : head.seq();
  }

  @Test
  void eitherSideShouldSetItAndBothShouldBeToldOnce() throws Exception {
    assertThat(duo.asBen.get(duo.path("/disappearing")).json().get("expireSeconds").asInt())
        .isZero();
    try (StompClient ann = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      duo.send(duo.asAnn, "hello");
      ann.event("MESSAGE");
      setTo(duo.asBen, 3_600);
      JsonNode told = ann.event("MEMBERS");
      assertThat(told.at("/policy/expireSeconds").asInt()).isEqualTo(3_600);
      assertThat(told.get("authorId").asString()).isEqualTo(duo.ben.toString());
      assertThat(duo.events(duo.asAnn)).contains(told);
      long head = head();
      setTo(duo.asAnn, 3_600);
      assertThat(head()).isEqualTo(head);
      assertThat(duo.asAnnAtB.get(duo.path("/disappearing")).json().get("expireSeconds").asInt())
          .isEqualTo(3_600);
      ann.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + duo.id + "/disappearing", "receipt", "off"),
          "{\"expireSeconds\":0}");
      ann.receipt("off");
      assertThat(ann.event("MEMBERS").at("/policy/expireSeconds").asInt()).isZero();
      assertThat(duo.asBen.get(duo.path("/disappearing")).json().get("expireSeconds").asInt())
          .isZero();
      // Both are still in it.
      assertThat(duo.asAnn.get(duo.path("/messages")).status()).isEqualTo(200);
      assertThat(duo.item(duo.asBen).get("otherUserId").asString()).isEqualTo(duo.ann.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"expireSeconds\":null}",
        "{\"expireSeconds\":-1}",
        "{\"expireSeconds\":31536001}",
        "{\"expireSeconds\":1.5}",
        "{\"expireSeconds\":\"P1D\"}",
        "{\"expireSeconds\":true}",
        "{\"expireSeconds\":99999999999}",
        "{\"after\":60}",
      })
  void badValuesShouldBeRefused(String json) {
    Answer answer = duo.asAnn.call("PUT", duo.path("/disappearing"), json);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(head()).isZero();
  }

  @Test
  void othersShouldNotSetItNorSeeIt() throws Exception {
    assertThat(set(duo.asStranger, 60).slug()).isEqualTo("conversation-not-found");
    assertThat(duo.asStranger.get(duo.path("/disappearing")).slug())
        .isEqualTo("conversation-not-found");
    assertThat(set(duo.annWith("messages:read"), 60).slug()).isEqualTo("insufficient-scope");
    assertThat(duo.annWith("groups:read").get(duo.path("/disappearing")).slug())
        .isEqualTo("insufficient-scope");
    assertThat(set(new Http(Nodes.A.http(), ""), 60).status()).isEqualTo(401);
    String unknown = "/api/v1/conversations/" + UUID.randomUUID() + "/disappearing";
    assertThat(duo.asAnn.put(unknown, Map.of("expireSeconds", 60)).slug())
        .isEqualTo("conversation-not-found");
    // A group's settings are the only place where it is said for a group.
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(duo.ben));
    String path = "/api/v1/conversations/" + group.id;
    until(() -> duo.asAnn.get(path + "/messages").status() == 200);
    assertThat(duo.asAnn.put(path + "/disappearing", Map.of("expireSeconds", 60)).slug())
        .isEqualTo("forbidden");
    assertThat(duo.asStranger.get(path + "/disappearing").slug()).isEqualTo("not-a-member");
  }

  @Test
  void changeThatSomebodyDiedOverShouldBeDoneByWhoAsksAgain() {
    // The row was written, the event was not.
    Nodes.A.get(CassandraConversationStore.class)
        .put(Conversation.ofTwo(duo.id).keepingMessagesFor(60), 3, true);
    setTo(duo.asAnn, 60);
    assertThat(duo.events(duo.asBen).get(0).at("/policy/expireSeconds").asInt()).isEqualTo(60);
    setTo(duo.asBen, 60);
    assertThat(head()).isEqualTo(1);
    setTo(duo.asBen, 0);
    setTo(duo.asAnn, 60);
    assertThat(head()).isEqualTo(3);
  }

  @ConcurrentTest
  void messageShouldBeGoneEverywhereWhenItsTimeIsOver() throws Exception {
    long stays = duo.send(duo.asAnn, "stays");
    setTo(duo.asAnn, 25);
    long seq = sendExpiring(duo.asAnn, duo.path(""));
    Instant expiresAt = Instant.parse(message(duo.asBen, seq).get("expiresAt").asString());
    long reply = send(duo.asAnn, duo.path(""), "re", seq);
    assertThat(duo.asBen.call("PATCH", duo.path("/messages/" + seq), "{\"text\":\"x\"}").slug())
        .isEqualTo("forbidden");
    assertThat(
            duo.asAnn
                .call("PATCH", duo.path("/messages/" + seq), Map.of("text", "secret, edited"))
                .status())
        .isEqualTo(200);
    assertThat(message(duo.asBen, seq).get("text").asString()).isEqualTo("secret, edited");
    assertThat(duo.asBen.put(duo.path("/messages/" + seq + "/reactions/%F0%9F%91%8D"), "").status())
        .isEqualTo(200);
    assertThat(duo.asBen.put(duo.path("/pins/" + seq), "").status()).isEqualTo(200);
    String saved = "/api/v1/users/me/saved";
    assertThat(duo.asBen.put(saved + "/" + duo.id + "/" + seq, Map.of()).status()).isEqualTo(200);
    assertThat(
            duo.asBen.get(duo.path("/messages/" + seq + "/thread")).json().get("replies").asInt())
        .isEqualTo(1);
    assertThat(duo.item(duo.asBen).get("unread").asLong()).isGreaterThanOrEqualTo(3);
    JsonNode preview = duo.item(duo.asBen).get("lastMessage");
    assertThat(preview.get("text").asString()).isEqualTo("secret re");
    assertThat(preview.get("expiresAt")).isEqualTo(message(duo.asBen, reply).get("expiresAt"));

    until(() -> message(duo.asBen, reply).path("expired").asBoolean(false));
    assertThat(Instant.now()).isAfterOrEqualTo(expiresAt);
    for (Http http : List.of(duo.asAnn, duo.asAnnAtB, duo.asBen)) {
      for (String rest : List.of("/messages?limit=200", "/events?limit=500", "/pins", "/threads")) {
        assertThat(http.get(duo.path(rest)).response().body()).as(rest).doesNotContain("secret");
      }
      JsonNode left = message(http, seq);
      assertThat(left.get("expired").asBoolean()).isTrue();
      assertThat(left.has("text") || left.has("reactions") || left.has("deleted")).isFalse();
      assertThat(http.get(duo.path("/messages/" + seq + "/versions")).slug())
          .isEqualTo("message-not-found");
      JsonNode last = duo.item(http).get("lastMessage");
      assertThat(last.has("text")).isFalse();
      assertThat(last.get("expired").asBoolean()).isTrue();
    }
    assertThat(duo.asBen.get(duo.path("/pins")).json().get("items")).isEmpty();
    assertThat(duo.asBen.get(saved).response().body()).doesNotContain("secret");
    assertThat(
            duo.asBen.get(duo.path("/messages/" + seq + "/thread")).json().get("replies").asInt())
        .isZero();
    // What was sent before there was a timer stays, and is all that is unread.
    assertThat(message(duo.asBen, stays).get("text").asString()).isEqualTo("stays");
    until(() -> duo.item(duo.asBen).get("unread").asLong() == unexpired());
    for (Answer none :
        List.of(
            duo.asAnn.call("PATCH", duo.path("/messages/" + seq), Map.of("text", "again")),
            duo.asAnn.delete(duo.path("/messages/" + seq)),
            duo.asBen.put(duo.path("/messages/" + seq + "/reactions/%F0%9F%91%8D"), ""),
            duo.asBen.put(duo.path("/pins/" + seq), ""))) {
      assertThat(none.slug()).as(none.response().body()).isEqualTo("message-not-found");
    }
  }

  /** Those of Ann that can be read. */
  private long unexpired() {
    return duo.history(duo.asBen).stream().filter(message -> message.has("text")).count();
  }

  @ConcurrentTest
  void repeatOfASendShouldBeThatMessageWhateverTheTimerIsThen() throws Exception {
    setTo(duo.asAnn, 5);
    awaitTimer(duo.asAnn, duo.path(""), true);
    long seq = send(duo.asAnn, duo.path(""), "once", null);
    assertThat(message(duo.asAnn, seq).has("expiresAt")).isTrue();
    setTo(duo.asBen, 3_600);
    assertThat(send(duo.asAnnAtB, duo.path(""), "once", null)).isEqualTo(seq);
    assertThat(
            duo.asAnn
                .post(duo.path("/messages"), Map.of("clientMessageId", "once", "text", "another"))
                .slug())
        .isEqualTo("client-message-id-reused");
    until(() -> message(duo.asAnn, seq).path("expired").asBoolean(false));
    assertThat(send(duo.asAnn, duo.path(""), "once", null)).isEqualTo(seq);
    assertThat(message(duo.asAnn, seq).has("text")).isFalse();
  }

  @Test
  void timerShouldHoldForWhatIsSentWhileItIsSet() throws Exception {
    setTo(duo.asAnn, 3_600);
    long seq = sendExpiring(duo.asAnn, duo.path(""));
    JsonNode message = message(duo.asBen, seq);
    Duration life =
        Duration.between(
            Instant.parse(message.get("at").asString()),
            Instant.parse(message.get("expiresAt").asString()));
    assertThat(life).isBetween(Duration.ofSeconds(3_570), Duration.ofSeconds(3_630));
    try (StompClient ben = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      setTo(duo.asBen, 0);
      ben.event("MEMBERS");
      awaitTimer(duo.asBen, duo.path(""), false);
      assertThat(message(duo.asAnn, seq)).isEqualTo(message);
    }
  }

  @ConcurrentTest
  void groupShouldDecideByItsSettings() throws Exception {
    UserId cleo = Nodes.FLEET.user();
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(duo.ben, cleo), group.policy(GroupPolicy.USUAL.withExpireSeconds(8)));
    String path = "/api/v1/conversations/" + group.id;
    until(() -> duo.asBen.get(path + "/disappearing").json().path("expireSeconds").asInt(0) == 8);
    until(() -> duo.asBen.get(path + "/events").response().body().contains("\"expireSeconds\":8"));
    long seq = sendExpiring(duo.asBen, path);
    String text = duo.asAnn.get(path + "/messages/" + seq).json().get("text").asString();
    assertThat(text).startsWith("secret");
    until(
        () ->
            !duo.asAnn.get(path + "/events?limit=500").response().body().contains(text)
                && !duo.asBen.get(path + "/messages").response().body().contains(text));
    publish(group.policy(GroupPolicy.USUAL));
    awaitTimer(duo.asAnn, path, false);
  }

  @ConcurrentTest
  void mentionShouldNotCountWhenItsTimeIsOver() throws Exception {
    String name = "cleo" + UUID.randomUUID().toString().substring(0, 8);
    UserId cleo = Nodes.FLEET.user(name);
    Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));
    TestGroup group = new TestGroup(duo.ann);
    publish(group.create(cleo), group.policy(GroupPolicy.USUAL.withExpireSeconds(15)));
    String path = "/api/v1/conversations/" + group.id;
    until(() -> asCleo.get(path + "/disappearing").json().path("expireSeconds").asInt(0) == 15);
    awaitTimer(duo.asAnn, path, true);
    for (String to : List.of("@" + name, "@everyone")) {
      duo.asAnn.post(path + "/messages", Map.of("clientMessageId", to, "text", to + " hi"));
    }
    assertThat(mentions(asCleo)).isEqualTo(2);
    until(() -> mentions(asCleo) == 0);
    assertThat(asCleo.get("/api/v1/conversations").json().at("/items/0/unread").asLong())
        .isEqualTo(
            asCleo
                .get(path + "/messages")
                .json()
                .get("items")
                .valueStream()
                .filter(message -> message.has("text"))
                .count());
  }

  private static long mentions(Http http) {
    return http.get("/api/v1/conversations").json().at("/items/0/mentions").asLong();
  }

  @Test
  void deletedMessageShouldBeGoneFromTheStoreAtOnce() throws Exception {
    setTo(duo.asAnn, 3_600);
    long seq = sendExpiring(duo.asAnn, duo.path(""));
    assertThat(textBytes(seq)).isPositive();
    assertThat(duo.asAnn.delete(duo.path("/messages/" + seq)).status()).isEqualTo(200);
    assertThat(textBytes(seq)).isZero();
    assertThat(message(duo.asBen, seq).get("deleted").asBoolean()).isTrue();
  }

  private long textBytes(long seq) {
    long bytes = 0;
    for (Row row :
        Nodes.A.get(CqlSession.class)
            .execute(
                "SELECT body FROM expiring_texts_by_conversation"
                    + " WHERE conversation_id = ? AND bucket = ? AND seq = ?",
                duo.id.value(),
                seq / Nodes.BUCKET_EVENTS,
                seq)) {
      ByteBuffer body = requireNonNull(row.getByteBuffer("body"));
      bytes += body.remaining();
    }
    return bytes;
  }
}
