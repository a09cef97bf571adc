package io.parley.message.privacy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.access.ServiceTokens;
import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.ErasureRequested.Messages;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.conversation.UnreadMentions;
import io.parley.message.conversation.UnreadMentions.Unread;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.receipts.Receipts;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
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

/** Export and erasure of one user, and what of it the others see. */
class PrivacyIT {

  private static final String ANSWERS = "test.erasure-answers";

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));

  @BeforeAll
  static void listen() {
    RabbitAdmin admin = new RabbitAdmin(Nodes.A.get(ConnectionFactory.class));
    Queue answers = new Queue(ANSWERS, true);
    admin.declareQueue(answers);
    admin.declareBinding(
        BindingBuilder.bind(answers)
            .to(new TopicExchange(UserEvents.EXCHANGE))
            .with(ErasureAnswered.ROUTING_KEY));
  }

  private static String direct(Http http, UserId other) {
    return http.post("/api/v1/conversations/direct", Map.of("userId", other))
        .json()
        .get("id")
        .asString();
  }

  private static void send(Http http, Object conversation, String id, String text) {
    Http.Answer sent =
        http.post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", id, "text", text));
    assertThat(sent.status()).as(sent.response().body()).isEqualTo(201);
  }

  private static List<JsonNode> events(Http http, Object conversation) {
    List<JsonNode> events = new ArrayList<>();
    http.get("/api/v1/conversations/" + conversation + "/events?limit=500")
        .json()
        .get("items")
        .forEach(events::add);
    return events;
  }

  private static ErasureAnswered request(ErasureRequested request) throws Exception {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    rabbit.convertAndSend(UserEvents.EXCHANGE, ErasureRequested.ROUTING_KEY, request);
    return answer(request.erasureId());
  }

  private static ErasureAnswered answer(UUID erasure) {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    while (true) {
      Message message = requireNonNull(rabbit.receive(ANSWERS, 30_000), "no answer");
      ErasureAnswered answered =
          Nodes.A.get(JsonMapper.class).readValue(message.getBody(), ErasureAnswered.class);
      if (answered.erasureId().equals(erasure)) {
        return answered;
      }
    }
  }

  private ErasureRequested ofAnn(Messages messages) {
    return new ErasureRequested(UUID.randomUUID(), ann, messages, Instant.now());
  }

  private static Http internal() {
    return new Http(
        Nodes.A.http(),
        new ServiceTokens(Nodes.SECRET, "user-service", Clock.systemUTC())
            .bearer("message-service")
            .substring("Bearer ".length()));
  }

  private static JsonNode export(UserId user) {
    Http.Answer answer = internal().get("/internal/users/" + user + "/export");
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  private static void choosePresence(Http http, String status) {
    Map<String, Object> chosen = Map.of("show", "dnd", "status", Map.of("text", status));
    assertThat(http.put("/api/v1/users/me/presence", chosen).status()).isEqualTo(200);
  }

  // --- presence --------------------------------------------------------------------------------

  @Test
  void presenceShouldBeExportedAndErased() throws Exception {
    choosePresence(asAnn, "ann's status");
    choosePresence(asBen, "ben's status");
    assertThat(export(ann).get("presence").toString())
        .isEqualTo("{\"show\":\"dnd\",\"status\":{\"text\":\"ann's status\"},\"lastSeen\":null}");

    request(ofAnn(Messages.KEEP_ANONYMOUS));

    assertThat(export(ann).at("/presence/show").asString()).isEqualTo("auto");
    assertThat(export(ann).toString()).doesNotContain("ann's status");
    assertThat(export(ben).toString()).contains("ben's status");
  }

  // --- receipts --------------------------------------------------------------------------------

  @Test
  void receiptsShouldBeExportedAndErased() throws Exception {
    String direct = direct(asAnn, ben);
    String path = "/api/v1/conversations/" + direct;
    send(asBen, direct, "b1", "one");
    send(asAnn, direct, "a1", "two");
    send(asBen, direct, "b2", "three");
    asAnn.put(path + "/read", Map.of("seq", 1));
    asAnn.put(path + "/delivered", Map.of("seq", 3));
    asBen.put(path + "/read", Map.of("seq", 2));
    assertThat(export(ann).at("/conversations/0/deliveredSeq").asLong()).isEqualTo(3);
    CqlSession cassandra = Nodes.A.get(CqlSession.class);
    String rows = "SELECT user_id FROM receipts_by_conversation WHERE conversation_id = ?";
    UUID conversation = UUID.fromString(direct);

    request(ofAnn(Messages.KEEP_ANONYMOUS));
    // What was on its way is written behind it.
    Nodes.B.get(Receipts.class).read(ConversationId.valueOf(direct), ann, 3);

    assertThat(cassandra.execute(rows, conversation).all())
        .extracting(row -> row.getUuid("user_id"))
        .containsExactly(ben.value());
  }

  // --- export ----------------------------------------------------------------------------------

  @Test
  void exportShouldHoldConversationsMarkersAndOwnMessages() {
    String direct = direct(asAnn, ben);
    UUID group = Nodes.FLEET.quietGroup("hike", ann, ben, cleo);
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 45; i++) {
      String text = "ann says \"" + i + "\" \u202E 👩‍👩‍👧";
      texts.add(text);
      send(asAnn, i % 2 == 0 ? direct : group, "a" + i, text);
      send(asBen, i % 2 == 0 ? direct : group, "b" + i, "ben's secret");
    }
    asAnn.put("/api/v1/conversations/" + direct + "/read", Map.of("seq", 46));
    JsonNode export = export(ann);
    Set<String> exported = new HashSet<>();
    for (JsonNode message : export.get("messages")) {
      assertThat(message.get("authorId").asString()).isEqualTo(ann.toString());
      assertThat(message.get("seq").asLong()).isPositive();
      exported.add(message.get("text").asString());
    }
    assertThat(exported).isEqualTo(texts);
    assertThat(export.get("messages")).hasSize(45);
    assertThat(export.toString()).doesNotContain("ben's secret");
    assertThat(export.get("conversations")).hasSize(2);
    for (JsonNode conversation : export.get("conversations")) {
      assertThat(conversation.get("member").asBoolean()).isTrue();
      if (conversation.get("id").asString().equals(direct)) {
        assertThat(conversation.get("otherUserId").asString()).isEqualTo(ben.toString());
        assertThat(conversation.get("readSeq").asLong()).isEqualTo(46);
      }
    }
  }

  @Test
  void exportShouldBeForServicesOnly() {
    String path = "/internal/users/" + ann + "/export";
    assertThat(asAnn.get(path).status()).isEqualTo(401);
    assertThat(new Http(Nodes.A.http(), "").get(path).status()).isEqualTo(401);
    assertThat(internal().get("/internal/users/not-an-id/export").status()).isEqualTo(400);
    JsonNode nobody = export(new UserId(UUID.randomUUID()));
    assertThat(nobody.get("conversations")).isEmpty();
    assertThat(nobody.get("messages")).isEmpty();
  }

  @Test
  void exportThatFailsHalfWayShouldNotLookWhole() {
    String direct = direct(asAnn, ben);
    ConversationId conversation = ConversationId.valueOf(direct);
    EventLog log = Nodes.A.get(EventLog.class);
    for (int i = 0; i < 510; i++) {
      log.append(
          new EventLog.Draft(
              conversation,
              ann,
              "k" + i,
              LogEvent.Kind.MESSAGE,
              "{\"text\":\"" + "x".repeat(500) + "\"}"));
    }
    LogReader reader = Nodes.A.get(LogReader.class);
    LogEvent last =
        requireNonNull(reader.at(conversation, requireNonNull(reader.head(conversation)).seq()));
    Nodes.A.get(CqlSession.class)
        .execute(
            "UPDATE events_by_conversation SET body = 0x00 WHERE conversation_id = ?"
                + " AND bucket = ? AND seq = ? AND epoch = ? AND event_id = ?",
            conversation.value(),
            last.seq() / Nodes.BUCKET_EVENTS,
            last.seq(),
            last.epoch(),
            last.id().value());
    assertThatThrownBy(() -> internal().get("/internal/users/" + ann + "/export"))
        .isInstanceOf(UncheckedIOException.class);
    // And the connection's end hurts nobody else.
    assertThat(export(cleo).get("conversations")).isEmpty();
  }

  // --- what one keeps for oneself ---------------------------------------------------------------

  /** Something of everything; returns the conversation with Ben. */
  private String keepThings() {
    String direct = direct(asAnn, ben);
    String path = "/api/v1/conversations/" + direct;
    send(asBen, direct, "b1", "ben's secret");
    send(asBen, direct, "b2", "hidden from ann");
    for (Http.Answer answer :
        List.of(
            asAnn.call(
                "PATCH",
                path + "/settings",
                "{\"pinned\":true,\"order\":7,\"archived\":true,\"markedUnread\":true,"
                    + "\"mutedUntil\":\"9999-01-01T00:00:00Z\"}"),
            asAnn.put(path + "/draft", Map.of("text", "ann's draft", "replyTo", 1)),
            asAnn.put("/api/v1/users/me/saved/" + direct + "/1", Map.of("note", "ann's note")),
            asAnn.put(path + "/messages/1/thread/follow", ""),
            asAnn.delete(path + "/messages/2?for=me"))) {
      assertThat(answer.status()).as(answer.response().body()).isLessThan(300);
    }
    send(asAnn, direct(asAnn, ann), "n", "ann's memo");
    return direct;
  }

  @Test
  void exportShouldHoldWhatOneKeepsForOneself() {
    String direct = keepThings();
    JsonNode export = export(ann);
    JsonNode settings = export.get("settings").get(0);
    assertThat(settings.get("conversationId").asString()).isEqualTo(direct);
    assertThat(settings.get("mutedUntil").asString()).isEqualTo("9999-01-01T00:00:00Z");
    assertThat(settings.get("archivedSeq").asLong()).isEqualTo(2);
    assertThat(settings.get("pinned").asBoolean()).isTrue();
    assertThat(settings.get("order").asInt()).isEqualTo(7);
    assertThat(settings.get("markedUnread").asBoolean()).isTrue();
    JsonNode draft = export.get("drafts").get(0);
    assertThat(draft.get("text").asString()).isEqualTo("ann's draft");
    assertThat(draft.get("replyTo").asLong()).isEqualTo(1);
    JsonNode saved = export.get("savedMessages").get(0);
    assertThat(saved.get("conversationId").asString()).isEqualTo(direct);
    assertThat(saved.get("seq").asLong()).isEqualTo(1);
    assertThat(saved.get("note").asString()).isEqualTo("ann's note");
    JsonNode hidden = export.get("hiddenMessages").get(0);
    assertThat(hidden.get("conversationId").asString()).isEqualTo(direct);
    assertThat(hidden.get("seqs").get(0).asLong()).isEqualTo(2);
    JsonNode thread = export.get("threads").get(0);
    assertThat(thread.get("conversationId").asString()).isEqualTo(direct);
    assertThat(thread.get("threadRoot").asLong()).isEqualTo(1);
    assertThat(thread.get("followed").asBoolean()).isTrue();
    assertThat(thread.get("readSeq").asLong()).isEqualTo(2);
    assertThat(export.get("messages").toString()).contains("ann's memo");
    assertThat(export.get("conversations"))
        .anyMatch(c -> c.path("otherUserId").asString("").equals(ann.toString()));
    assertThat(export.toString()).doesNotContain("ben's secret", "hidden from ann");
    assertThat(export(ben).toString()).doesNotContain("ann's");
  }

  @Test
  void erasureShouldTakeWhatOneKeepsForOneself() throws Exception {
    String direct = keepThings();
    String notes = direct(asAnn, ann);
    // Notes go although what others can read is to stay.
    ErasureAnswered answer = request(ofAnn(Messages.KEEP_ANONYMOUS));
    assertThat(answer.counts()).containsEntry("messages", 1L).containsEntry("conversations", 2L);
    assertNothingLeft(notes, "memo");
    JsonNode export = export(ann);
    for (String list :
        List.of(
            "conversations", "settings", "drafts", "savedMessages", "hiddenMessages", "threads")) {
      assertThat(export.get(list)).as(list).isEmpty();
    }
    CqlSession cassandra = Nodes.A.get(CqlSession.class);
    for (String table :
        List.of(
            "settings_by_member",
            "drafts_by_member",
            "saved_messages_by_user",
            "followed_threads_by_user")) {
      assertThat(
              cassandra.execute("SELECT * FROM " + table + " WHERE user_id = ?", ann.value()).all())
          .as(table)
          .isEmpty();
    }
    assertThat(
            cassandra
                .execute(
                    "SELECT * FROM hidden_messages_by_member"
                        + " WHERE user_id = ? AND conversation_id = ? AND stretch = 0",
                    ann.value(),
                    UUID.fromString(direct))
                .all())
        .isEmpty();
    assertThat(events(asBen, direct)).hasSize(2);
  }

  // --- erasure ---------------------------------------------------------------------------------

  @Test
  void erasureShouldKeepTextsUnderABareIdWhenAskedTo() throws Exception {
    String direct = direct(asAnn, ben);
    UUID group = Nodes.FLEET.quietGroup("hike", ann, ben, cleo);
    send(asAnn, direct, "m1", "keep me");
    send(asBen, direct, "m2", "ben's");
    send(asAnn, group, "m3", "keep me too");
    asAnn.put("/api/v1/conversations/" + direct + "/read", Map.of("seq", 2));
    ErasureRequested request = ofAnn(Messages.KEEP_ANONYMOUS);
    ErasureAnswered answer = request(request);
    assertThat(answer.service()).isEqualTo("message-service");
    assertThat(answer.counts()).containsEntry("conversations", 2L).containsEntry("messages", 0L);
    assertThat(answer.counts().get("readMarkers")).isPositive();

    assertThat(events(asBen, direct))
        .extracting(e -> e.get("text").asString())
        .containsExactly("keep me", "ben's");
    assertThat(events(asCleo, group)).hasSize(1);
    assertThat(asAnn.get("/api/v1/conversations").json().get("items")).isEmpty();
    JsonNode bens = asBen.get("/api/v1/conversations").json().get("items");
    assertThat(bens).hasSize(2);
    JsonNode export = export(ann);
    assertThat(export.get("conversations")).isEmpty();
    assertThat(export.get("messages")).isEmpty();
    // A late event of an old version brings nothing back, and a repeat gets the same answer.
    assertThat(request(request).counts()).isEqualTo(answer.counts());
    // A new request finds nothing.
    assertThat(request(ofAnn(Messages.REMOVE)).counts()).containsEntry("conversations", 0L);
    assertThat(events(asBen, direct)).hasSize(2);
  }

  @Test
  void erasureShouldRemoveEveryMessageEverywhereAndTellTheOthers() throws Exception {
    String direct = direct(asAnn, ben);
    UUID group = Nodes.FLEET.quietGroup("hike", ann, ben, cleo);
    for (int i = 0; i < 30; i++) {
      send(asAnn, direct, "d" + i, "remove me " + i);
      send(asBen, direct, "b" + i, "ben's " + i);
    }
    send(asAnn, group, "g", "remove me as well");
    try (StompClient bens = StompClient.connect(Nodes.B.http(), asBen.token())) {
      ErasureAnswered answer = request(ofAnn(Messages.REMOVE));
      assertThat(answer.counts()).containsEntry("messages", 31L).containsEntry("conversations", 2L);
      bens.event("DELETED");
    }
    for (Object conversation : List.of(direct, group)) {
      List<JsonNode> events = events(asBen, conversation);
      assertThat(events.toString()).doesNotContain("remove me");
      assertThat(events).anyMatch(e -> e.get("type").asString().equals("DELETED"));
      assertNothingLeft(conversation, "remove me");
    }
    List<JsonNode> events = events(asBen, direct);
    assertThat(events.toString()).contains("ben's 29");
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).get("seq").asLong()).isEqualTo(i + 1);
    }
    assertThat(export(ann).get("messages")).isEmpty();
    // The other side can go on.
    send(asBen, direct, "after", "hello?");
  }

  @Test
  void erasureShouldForgetWhereOneWasMentioned() throws Exception {
    String name = "ann" + ann.toString().substring(0, 8);
    Nodes.FLEET.rename(ann, name);
    String direct = direct(asAnn, ben);
    UUID group = Nodes.FLEET.quietGroup("hike", ann, ben, cleo);
    send(asBen, direct, "m1", "@" + name);
    send(asCleo, group, "m2", "@" + name);
    List<ConversationId> all = List.of(ConversationId.valueOf(direct), new ConversationId(group));
    UnreadMentions mentions = Nodes.A.get(UnreadMentions.class);
    assertThat(mentions.newest(ann, all)).hasSize(2);
    request(ofAnn(Messages.KEEP_ANONYMOUS));
    assertThat(mentions.newest(ann, all)).isEmpty();
    for (ConversationId conversation : all) {
      assertThat(mentions.count(new Unread(ann, conversation, false, 0, 1), 1)).isZero();
    }
    // A repeat brings nothing back.
    send(asBen, direct, "m1", "@" + name);
    assertThat(mentions.newest(ann, all)).isEmpty();
  }

  private static void assertNothingLeft(Object conversation, String text) {
    LogReader log = Nodes.A.get(LogReader.class);
    for (LogEvent event : log.read(ConversationId.valueOf(conversation.toString()), 1, 500)) {
      assertThat(event.payload()).doesNotContain(text);
    }
  }

  @Test
  void erasureThatBrokeOffShouldGoOnWhereItEnded() throws Exception {
    // One a second: enough for the test to come in between.
    int all = 12;
    List<String> conversations = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      String conversation = direct(asAnn, Nodes.FLEET.user());
      conversations.add(conversation);
      send(asAnn, conversation, "m1", "remove me");
      send(asAnn, conversation, "m2", "remove me");
    }
    Nodes.Node slow = Nodes.start("parley.erasure.conversations-per-second=1");
    ErasureRequested request = ofAnn(Messages.REMOVE);
    try {
      Thread half =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      slow.get(Erasures.class).erase(request);
                    } catch (InterruptedException | RuntimeException e) {
                      // Killed half way.
                    }
                  });
      CassandraErasureStore progress = Nodes.B.get(CassandraErasureStore.class);
      for (int i = 0; i < 400 && progress.erased(request.erasureId()).isEmpty(); i++) {
        Thread.sleep(50);
      }
      half.interrupt();
      half.join();
      int done = progress.erased(request.erasureId()).size();
      assertThat(done).isBetween(1, all - 1);
      assertThat(progress.finished(request.erasureId())).isNull();
    } finally {
      slow.context().close();
    }
    ErasureAnswered answer = request(request);
    assertThat(answer.counts())
        .containsEntry("messages", 2L * all)
        .containsEntry("conversations", (long) all);
    for (String conversation : conversations) {
      assertNothingLeft(conversation, "remove me");
    }
  }

  @Test
  void requestThatIsNoneShouldNotHoldUpTheOthers() throws Exception {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    rabbit.convertAndSend(
        UserEvents.EXCHANGE, ErasureRequested.ROUTING_KEY, Map.of("userId", "nobody"));
    assertThat(request(ofAnn(Messages.KEEP_ANONYMOUS)).counts()).containsEntry("conversations", 0L);
  }
}
