package io.parley.message.deletion;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.events.AuditRecorded;
import io.parley.common.events.MessagesChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.NotificationQueue;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deleting messages: who may, what is left, and what a crash in between leaves to others. */
class DeletingIT {

  private final UserId owner = Nodes.FLEET.user();
  private final UserId mod = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId stranger = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asMod = new Http(Nodes.B.http(), Nodes.FLEET.token(mod));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asBenAtA = new Http(Nodes.A.http(), asBen.token());
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(stranger));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);
  private final EventLog log = Nodes.A.get(EventLog.class);
  private final LogReader reader = Nodes.A.get(LogReader.class);
  private final Deletions deletions = Nodes.A.get(Deletions.class);

  @BeforeEach
  void create() throws Exception {
    publish(group.create(mod, ben), group.role(mod, GroupRole.MODERATOR));
    until(
        () -> {
          LogHead head = reader.head(id);
          return head != null && head.seq() == 2 && asMod.get(path("/events")).status() == 200;
        });
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private long send(Http http, String text) {
    Answer answer =
        http.post(path("/messages"), Map.of("clientMessageId", "id-" + text, "text", text));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private Answer delete(Http http, Object seq) {
    return http.delete(path("/messages/" + seq));
  }

  private JsonNode event(Http http, long seq) {
    return http.get(path("/events?limit=1&after=" + (seq - 1))).json().get("items").get(0);
  }

  @Test
  void ownMessageShouldBeGoneForEverybodyAndFromTheStore() throws Exception {
    long seq = send(asBen, "secret");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token())) {
      Answer deleted = delete(asBen, seq);
      assertThat(deleted.status()).as(deleted.response().body()).isEqualTo(200);
      assertThat(deleted.json().get("type").asString()).isEqualTo("DELETED");
      assertThat(deleted.json().get("targets").get(0).asLong()).isEqualTo(seq);
      JsonNode told = socket.event("DELETED");
      assertThat(told).isEqualTo(deleted.json());
      // A second time, at another node: the first result, and nobody is told again.
      assertThat(delete(asBenAtA, seq).json()).isEqualTo(deleted.json());
      assertThat(requireNonNull(reader.head(id)).seq()).isEqualTo(seq + 1);
    }
    for (Http http : List.of(asOwner, asBen)) {
      JsonNode left = event(http, seq);
      assertThat(left.has("text")).isFalse();
      assertThat(left.get("deleted").asBoolean()).isTrue();
      assertThat(left.get("deletedBy").asString()).isEqualTo(ben.toString());
      assertThat(left.get("deletedSeq").asLong()).isEqualTo(seq + 1);
      assertThat(left.get("clientMessageId").asString()).isEqualTo("id-secret");
      assertThat(http.get(path("/messages")).response().body()).doesNotContain("\"secret\"");
    }
    for (Row row :
        Nodes.A.get(CqlSession.class)
            .execute(
                "SELECT body FROM events_by_conversation WHERE conversation_id = ? AND bucket = ?",
                group.id,
                seq / 20)) {
      // Encrypted, so by its length: what is left is all there is in the row.
      assertThat(row.isNull("body")).isFalse();
    }
    // Sent again, it is still that message, and stays deleted.
    Answer again =
        asBen.post(path("/messages"), Map.of("clientMessageId", "id-secret", "text", "secret"));
    assertThat(again.json().get("seq").asLong()).isEqualTo(seq);
    assertThat(event(asBen, seq).has("text")).isFalse();
    // It can be answered, and read.
    assertThat(
            asOwner
                .post(
                    path("/messages"),
                    Map.of("clientMessageId", "re", "text", "re", "replyTo", seq))
                .status())
        .isEqualTo(201);
    assertThat(asOwner.put(path("/read"), Map.of("seq", seq)).status()).isEqualTo(200);
  }

  @Test
  void othersMessagesShouldBeDeletedByHigherModeratorsOnly() {
    long bens = send(asBen, "by-ben");
    long mods = send(asMod, "by-mod");
    long owners = send(asOwner, "by-owner");
    assertThat(delete(asBen, mods).slug()).isEqualTo("forbidden");
    assertThat(delete(asBen, owners).json().get("permission").asString()).isEqualTo("moderate");
    assertThat(delete(asMod, owners).slug()).isEqualTo("forbidden");
    assertThat(delete(asStranger, bens).slug()).isEqualTo("not-a-member");
    assertThat(delete(new Http(Nodes.A.http(), ""), bens).status()).isEqualTo(401);
    for (long seq : List.of(bens, mods, owners)) {
      assertThat(event(asOwner, seq).has("text")).isTrue();
    }
    assertThat(delete(asMod, bens).status()).isEqualTo(200);
    assertThat(delete(asOwner, mods).status()).isEqualTo(200);
    assertThat(event(asBen, bens).get("deletedBy").asString()).isEqualTo(mod.toString());
  }

  @Test
  void whatIsNoMessageShouldNotBeDeleted() {
    long seq = send(asBen, "m");
    long deleted = delete(asBen, seq).json().get("seq").asLong();
    for (Object none : List.of(1, deleted, 999, 0, -1, Long.MAX_VALUE)) {
      assertThat(delete(asOwner, none).slug()).as("" + none).isEqualTo("message-not-found");
    }
    for (String bad : List.of("x", "1.5", "9223372036854775808", "1e3")) {
      assertThat(delete(asOwner, bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(asOwner.delete("/api/v1/conversations/" + UUID.randomUUID() + "/messages/1").slug())
        .isEqualTo("conversation-not-found");
    String direct =
        asStranger
            .post("/api/v1/conversations/direct", Map.of("userId", ben))
            .json()
            .get("id")
            .asString();
    String directPath = "/api/v1/conversations/" + direct + "/messages";
    asStranger.post(directPath, Map.of("clientMessageId", "d", "text", "to ben"));
    assertThat(asOwner.delete(directPath + "/1").slug()).isEqualTo("conversation-not-found");
    // Nobody is above the other there.
    assertThat(asBen.delete(directPath + "/1").slug()).isEqualTo("forbidden");
    assertThat(asStranger.delete(directPath + "/1").status()).isEqualTo(200);
  }

  @Test
  void socketsShouldDeleteAlike() throws Exception {
    long seq = send(asBen, "m");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      Map<String, String> headers =
          Map.of(
              "destination",
              "/app/conversations/" + group.id + "/messages/" + seq + "/delete",
              "receipt",
              "d1");
      socket.send("SEND", headers, "");
      socket.receipt("d1");
      assertThat(socket.event("DELETED").get("targets").get(0).asLong()).isEqualTo(seq);
      socket.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + group.id + "/messages/1/delete"),
          "");
      assertThat(socket.next().json().get("type").asString()).endsWith("/message-not-found");
    }
    assertThat(event(asBen, seq).has("text")).isFalse();
  }

  @Test
  void unreadAndLastMessageShouldHonourIt() {
    long first = send(asBen, "one");
    send(asBen, "two");
    long last = send(asBen, "three");
    assertThat(item(asOwner).get("unread").asLong()).isEqualTo(3);
    delete(asBen, first);
    assertThat(item(asOwner).get("unread").asLong()).isEqualTo(2);
    delete(asBen, last);
    JsonNode item = item(asOwner);
    assertThat(item.get("unread").asLong()).isEqualTo(1);
    assertThat(item.get("lastMessage").get("seq").asLong()).isEqualTo(last);
    assertThat(item.get("lastMessage").has("text")).isFalse();
    assertThat(item.get("lastMessage").get("deleted").asBoolean()).isTrue();
    asOwner.put(path("/read"), Map.of("seq", last));
    send(asBen, "four");
    assertThat(item(asOwner).get("unread").asLong()).isEqualTo(1);
  }

  private JsonNode item(Http http) {
    return http.get("/api/v1/conversations").json().get("items").get(0);
  }

  @Test
  void twoWhoDeleteAtOnceShouldMakeOneEvent() throws Exception {
    for (int i = 0; i < 8; i++) {
      long seq = send(asBen, "m" + i);
      List<CompletableFuture<Answer>> all = new ArrayList<>();
      for (Http http : List.of(asOwner, asMod, asBen, asBenAtA)) {
        all.add(CompletableFuture.supplyAsync(() -> delete(http, seq)));
      }
      long event = all.get(0).join().json().get("seq").asLong();
      for (CompletableFuture<Answer> each : all) {
        assertThat(each.join().status()).isEqualTo(200);
        assertThat(each.join().json().get("seq").asLong()).isEqualTo(event);
      }
    }
    List<LogEvent> events = reader.read(id, 1, 500);
    assertThat(events.stream().filter(e -> e.kind() == LogEvent.Kind.DELETED)).hasSize(8);
    assertThat(events)
        .extracting(LogEvent::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
  }

  @Test
  void crashBeforeTheEventShouldBeCompletedByWhoeverReads() throws Exception {
    long seq = send(asBen, "secret");
    LogEvent message = requireNonNull(reader.at(id, seq));
    Nodes.A.get(CassandraDeletionStore.class)
        .decide(new Deletion(id, seq, mod, Instant.now(), seq, 0));
    log.overwrite(message, "{\"deleted\":true}", LogEvent.BEING_DELETED);
    assertThat(event(asOwner, seq).has("text")).isFalse();
    until(() -> event(asOwner, seq).has("deletedSeq"));
    assertThat(event(asOwner, seq + 1).get("type").asString()).isEqualTo("DELETED");
    assertThat(event(asOwner, seq + 1).get("authorId").asString()).isEqualTo(mod.toString());
    assertThat(delete(asBen, seq).json().get("seq").asLong()).isEqualTo(seq + 1);
  }

  @Test
  void crashAfterTheEventShouldNotMakeASecondOne() throws Exception {
    long seq = send(asBen, "secret");
    LogEvent message = requireNonNull(reader.at(id, seq));
    Nodes.A.get(CassandraDeletionStore.class)
        .decide(new Deletion(id, seq, ben, Instant.now(), seq, 0));
    log.overwrite(message, "{\"deleted\":true}", LogEvent.BEING_DELETED);
    long event =
        log.append(
                new EventLog.Draft(
                    id,
                    ben,
                    "another key, as if it were forgotten",
                    LogEvent.Kind.DELETED,
                    "{\"targets\":[" + seq + "]}"))
            .event()
            .seq();
    assertThat(delete(asBen, seq).json().get("seq").asLong()).isEqualTo(event);
    assertThat(event(asOwner, seq).get("deletedSeq").asLong()).isEqualTo(event);
    assertThat(requireNonNull(reader.head(id)).seq()).isEqualTo(event);
  }

  @Test
  void decisionAloneShouldBeCarriedOutByTheNextWhoDeletes() {
    long seq = send(asBen, "secret");
    Nodes.A.get(CassandraDeletionStore.class)
        .decide(new Deletion(id, seq, mod, Instant.now(), seq, 0));
    assertThat(event(asOwner, seq).has("text")).isTrue();
    Answer deleted = delete(asBen, seq);
    assertThat(deleted.json().get("authorId").asString()).isEqualTo(mod.toString());
    assertThat(event(asOwner, seq).has("text")).isFalse();
  }

  @Test
  void everythingOfAnAuthorShouldBeDeletedAndNothingElse() {
    int each = 130;
    for (int i = 0; i < each; i++) {
      for (UserId author : List.of(ben, mod)) {
        log.append(
            new EventLog.Draft(
                id,
                author,
                "k" + i,
                LogEvent.Kind.MESSAGE,
                "{\"clientMessageId\":\"k" + i + "\",\"text\":\"t" + i + "\"}"));
      }
    }
    delete(asBen, 3);
    // Somebody has died over one of them.
    Nodes.A.get(CassandraDeletionStore.class)
        .decide(new Deletion(id, 5, ben, Instant.now(), 260, 0));
    log.overwrite(requireNonNull(reader.at(id, 5)), "{\"deleted\":true}", LogEvent.BEING_DELETED);
    assertThat(deletions.deleteAllBy(ben, id, some -> {})).isEqualTo(each - 1);
    assertThat(deletions.deleteAllBy(ben, id, some -> {})).isZero();
    int kept = 0;
    for (LogEvent event : reader.read(id, 1, 1_000)) {
      if (event.kind() == LogEvent.Kind.MESSAGE) {
        assertThat(event.isDeleted()).isEqualTo(ben.equals(event.author()));
        assertThat(event.deletedSeq()).isNotEqualTo(LogEvent.BEING_DELETED);
        assertThat(event.payload().contains("text")).isEqualTo(mod.equals(event.author()));
        kept += event.isDeleted() ? 0 : 1;
      }
    }
    assertThat(kept).isEqualTo(each);
  }

  @Test
  void deletingOthersMessagesShouldBeInTheAuditTrail() throws Exception {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    RabbitAdmin admin = new RabbitAdmin(Nodes.A.get(ConnectionFactory.class));
    Queue queue = new Queue("test.audit." + group.id);
    admin.declareQueue(queue);
    admin.declareBinding(
        BindingBuilder.bind(queue)
            .to(new TopicExchange(AuditRecorded.EXCHANGE))
            .with("audit.message.deleted"));
    long own = send(asBen, "own");
    long bens = send(asBen, "insult");
    delete(asBen, own);
    delete(asMod, bens);
    Message message = requireNonNull(rabbit.receive(queue.getName(), 10_000));
    AuditRecorded recorded =
        Nodes.A.get(JsonMapper.class).readValue(message.getBody(), AuditRecorded.class);
    assertThat(recorded.actor()).isEqualTo(mod);
    assertThat(recorded.action()).isEqualTo("message.deleted");
    assertThat(recorded.details())
        .containsEntry("authorId", ben.toString())
        .containsEntry("seq", String.valueOf(bens));
    assertThat(recorded.toString()).doesNotContain("insult");
    assertThat(rabbit.receive(queue.getName(), 500)).isNull();
    admin.deleteQueue(queue.getName());
  }

  @Test
  void deletionsShouldBeToldToNotificationService() throws Exception {
    NotificationQueue queue = new NotificationQueue(ben);
    long first = send(asBen, "deleted");
    delete(asBen, first);
    until(
        () ->
            queue
                .changes(id)
                .equals(
                    List.of(
                        new MessagesChanged.Changed(
                            id, List.of(first), MessagesChanged.Change.DELETED))));
  }
}
