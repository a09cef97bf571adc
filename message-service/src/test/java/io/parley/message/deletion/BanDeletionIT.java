package io.parley.message.deletion;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.AuditRecorded;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
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
import org.jspecify.annotations.Nullable;
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

/** What a banned member wrote is deleted, as far as the ban says; on two nodes. */
class BanDeletionIT {

  private final String ownerName = "owner" + UUID.randomUUID().toString().substring(0, 8);
  private final UserId owner = Nodes.FLEET.user(ownerName);
  private final UserId mod = Nodes.FLEET.user();
  private final UserId eve = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asMod = new Http(Nodes.B.http(), Nodes.FLEET.token(mod));
  private final Http asEve = new Http(Nodes.B.http(), Nodes.FLEET.token(eve));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);
  private final EventLog log = Nodes.A.get(EventLog.class);
  private final LogReader reader = Nodes.A.get(LogReader.class);
  private final Deletions deletions = Nodes.A.get(Deletions.class);

  @BeforeEach
  void create() throws Exception {
    publish(group.create(mod, eve), group.role(mod, GroupRole.MODERATOR));
    until(
        () -> {
          LogHead head = reader.head(id);
          return head != null && head.seq() == 2 && asMod.get(path("/events")).status() == 200;
        });
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private long send(Http http, String text, @Nullable Long replyTo) {
    Map<String, Object> body =
        replyTo == null
            ? Map.of("clientMessageId", UUID.randomUUID(), "text", text)
            : Map.of("clientMessageId", UUID.randomUUID(), "text", text, "replyTo", replyTo);
    Answer answer = http.post(path("/messages"), body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private long append(UserId author, String key) {
    return log.append(
            new EventLog.Draft(
                id,
                author,
                key,
                LogEvent.Kind.MESSAGE,
                "{\"clientMessageId\":\"" + key + "\",\"text\":\"text of " + key + "\"}"))
        .event()
        .seq();
  }

  private List<LogEvent> events() {
    List<LogEvent> all = new ArrayList<>();
    List<LogEvent> page;
    do {
      page = reader.read(id, all.size() + 1L, 500);
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }

  private List<LogEvent> deletedEvents() {
    return events().stream().filter(e -> e.kind() == LogEvent.Kind.DELETED).toList();
  }

  private boolean isDeleted(long seq) {
    return requireNonNull(reader.at(id, seq)).deletedSeq() > 0;
  }

  private JsonNode item(Http http) {
    for (JsonNode item : http.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(group.id.toString())) {
        return item;
      }
    }
    throw new AssertionError("not in the inbox");
  }

  @Test
  void oneEventShouldDeleteAllThatWasAskedForAndNothingElse() throws Exception {
    long old = send(asEve, "from before", null);
    Thread.sleep(5);
    Instant since = Instant.now();
    Thread.sleep(5);
    long root = send(asMod, "what do you think?", null);
    long reply = send(asEve, "spam", root);
    long pinned = send(asEve, "buy this", null);
    long named = send(asEve, "@" + ownerName + " buy", null);
    assertThat(asOwner.put(path("/pins/" + pinned), "").status()).isEqualTo(200);
    String saved = "/api/v1/users/me/saved/" + group.id + "/" + pinned;
    assertThat(asOwner.put(saved, Map.of()).status()).isEqualTo(200);
    assertThat(asMod.put(path("/messages/" + reply + "/reactions/%F0%9F%91%8D"), "").status())
        .isEqualTo(200);
    assertThat(
            asEve
                .call("PATCH", path("/messages/" + pinned), Map.of("text", "buy this now"))
                .status())
        .isEqualTo(200);
    assertThat(item(asOwner).get("unread").asLong()).isEqualTo(5);
    assertThat(item(asOwner).get("mentions").asLong()).isEqualTo(1);

    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token())) {
      publish(group.ban(mod, eve, since));
      JsonNode told = socket.event("DELETED");
      List<Long> targets = new ArrayList<>();
      told.get("targets").forEach(target -> targets.add(target.asLong()));
      assertThat(targets).containsExactlyInAnyOrder(reply, pinned, named);
      assertThat(told.get("authorId").asString()).isEqualTo(mod.toString());
    }
    // Right after the event everything is as if they had never been there.
    assertThat(item(asOwner).get("unread").asLong()).isEqualTo(2);
    assertThat(item(asOwner).get("mentions").asLong()).isZero();
    assertThat(asOwner.get(path("/pins")).json().get("items")).isEmpty();
    assertThat(asMod.get(path("/threads")).json().at("/items/0/replies").asLong(0)).isZero();
    assertThat(asOwner.get("/api/v1/users/me/saved").json().at("/items/0/message").has("text"))
        .isFalse();
    for (Http http : List.of(asOwner, asMod)) {
      JsonNode left = http.get(path("/messages/" + reply)).json();
      assertThat(left.has("text") || left.has("reactions")).isFalse();
      assertThat(left.get("deletedBy").asString()).isEqualTo(mod.toString());
      String all = http.get(path("/events?limit=500")).response().body();
      assertThat(all).contains("from before").doesNotContain("spam").doesNotContain("buy");
    }
    assertThat(isDeleted(old)).isFalse();
    assertThat(isDeleted(root)).isFalse();
    assertThat(asEve.get(path("/messages")).slug()).isEqualTo("not-a-member");
    assertThat(deletedEvents()).hasSize(1);
  }

  @Test
  void bigHistoryShouldBeDeletedInBoundedEventsWhileTheGroupGoesOn() throws Exception {
    int each = 230;
    for (int i = 0; i < each; i++) {
      append(eve, "e" + i);
      append(owner, "o" + i);
    }
    publish(group.ban(owner, eve, null), group.rename("another name"));
    // What comes behind it is not held up: it is there before the deletion has come to its end.
    until(() -> item(asOwner).get("name").asString().equals("another name"));
    send(asMod, "still here", null);
    until(() -> deletedEvents().size() == 3);
    until(() -> events().stream().noneMatch(e -> eve.equals(e.author()) && e.deletedSeq() <= 0));
    List<LogEvent> events = events();
    assertThat(events).extracting(LogEvent::seq).isSorted().doesNotHaveDuplicates();
    for (LogEvent event : events) {
      if (event.kind() == LogEvent.Kind.MESSAGE) {
        assertThat(event.payload().contains("text of")).isEqualTo(owner.equals(event.author()));
      }
    }
    assertThat(deletedEvents()).hasSize(3);
    // The owner's own do not count; the moderator has read nothing.
    assertThat(item(asMod).get("unread").asLong()).isEqualTo(each);
  }

  @Test
  void repeatOfTheBanShouldDeleteNothingTwice() throws Exception {
    long seq = append(eve, "e");
    GroupMembersChanged ban = group.ban(mod, eve, null);
    publish(ban);
    until(() -> isDeleted(seq));
    long head = requireNonNull(reader.head(id)).seq();
    publish(ban, ban);
    // Comes behind what it asks for in the steps' queue.
    TestGroup other = new TestGroup(owner);
    publish(other.create(eve), other.ban(owner, eve, null));
    Thread.sleep(4_000);
    assertThat(requireNonNull(reader.head(id)).seq()).isEqualTo(head);
    assertThat(deletedEvents()).hasSize(1);
  }

  @Test
  void whoIsNoMemberAnyMoreShouldBeDeletedLikewise() throws Exception {
    long seq = append(eve, "e");
    publish(group.remove(eve), group.ban(mod, eve, null));
    until(() -> isDeleted(seq));
    assertThat(requireNonNull(reader.at(id, seq)).payload()).contains(mod.toString());
  }

  @Test
  void whatWasOnItsWayAtTheBanShouldGoTooAndNotWhatIsWrittenAsAMemberAgain() throws Exception {
    append(eve, "e");
    publish(group.ban(mod, eve, null));
    until(() -> deletedEvents().size() == 1);
    // Let in before, stored only now.
    long late = append(eve, "late");
    publish(group.add(eve));
    until(() -> asEve.get(path("/messages")).status() == 200);
    long again = send(asEve, "I am back", null);
    until(() -> isDeleted(late));
    assertThat(isDeleted(again)).isFalse();
    assertThat(deletedEvents()).hasSize(2);
  }

  @Test
  void deathBetweenTwoStepsOfItShouldLeaveNothingUndoneAndMakeNoSecondEvent() throws Exception {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      seqs.add(append(eve, "e" + i));
    }
    long head = requireNonNull(reader.head(id)).seq();
    CassandraDeletionStore store = Nodes.A.get(CassandraDeletionStore.class);
    // One node has decided and overwritten, written the event, and died before it noted its seq.
    for (long seq : seqs.subList(1, 5)) {
      store.decide(new Deletion(id, seq, mod, Instant.now(), head, 0));
      log.overwrite(
          requireNonNull(reader.at(id, seq)), "{\"deleted\":true}", LogEvent.BEING_DELETED);
    }
    long event =
        log.append(
                new EventLog.Draft(
                    id,
                    mod,
                    "a key that is remembered no more",
                    LogEvent.Kind.DELETED,
                    "{\"targets\":" + seqs.subList(1, 5) + "}"))
            .event()
            .seq();
    BulkDeletion step =
        new BulkDeletion(id, eve, mod, null, Instant.now(), head, head + 1, List.of(), false);
    Nodes.B.get(BulkDeletions.class).take(step);
    for (long seq : seqs.subList(1, 5)) {
      assertThat(requireNonNull(reader.at(id, seq)).deletedSeq()).isEqualTo(event);
    }
    // The first had been left out; it gets an event of its own.
    assertThat(isDeleted(seqs.get(0))).isTrue();
    assertThat(deletedEvents()).hasSize(2);
    // The step comes once more, as its node died before it took it off the queue.
    Nodes.A.get(BulkDeletions.class).take(step);
    assertThat(deletedEvents()).hasSize(2);
  }

  @Test
  void anotherNodeShouldGoOnWhereTheFirstStopped() throws Exception {
    // Its own broker: it is known which of the nodes takes the steps.
    StoreSpace own = Stores.shared().newSpace("ban");
    String broker = "PARLEY_RABBITMQ_URL=" + own.environment().get("PARLEY_RABBITMQ_URL");
    for (int i = 0; i < 60; i++) {
      append(eve, "e" + i);
    }
    Nodes.Node first =
        Nodes.start(
            broker,
            "parley.bulk-deletions.messages-per-event=5",
            "parley.bulk-deletions.messages-per-second=10");
    GroupMembersChanged ban = group.ban(mod, eve, null);
    first
        .get(RabbitTemplate.class)
        .convertAndSend(GroupMembersChanged.EXCHANGE, "group." + group.id, ban);
    until(() -> deletedEvents().size() >= 2);
    first.context().close();
    assertThat(deletedEvents()).hasSizeLessThan(12);
    Nodes.Node second = Nodes.start(broker, "parley.bulk-deletions.messages-per-event=5");
    try {
      until(() -> events().stream().noneMatch(e -> eve.equals(e.author()) && e.deletedSeq() <= 0));
      assertThat(deletedEvents().stream().mapToLong(e -> targets(e).size()).sum()).isEqualTo(60);
    } finally {
      second.context().close();
    }
  }

  private static List<Long> targets(LogEvent deleted) {
    List<Long> targets = new ArrayList<>();
    Nodes.A.get(JsonMapper.class)
        .readTree(deleted.payload())
        .get("targets")
        .forEach(target -> targets.add(target.asLong()));
    return targets;
  }

  @Test
  void itShouldBeInTheAuditTrail() throws Exception {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    RabbitAdmin admin = new RabbitAdmin(Nodes.A.get(ConnectionFactory.class));
    Queue queue = new Queue("test.audit." + group.id);
    admin.declareQueue(queue);
    admin.declareBinding(
        BindingBuilder.bind(queue)
            .to(new TopicExchange(AuditRecorded.EXCHANGE))
            .with("audit.messages.deleted"));
    append(eve, "e1");
    append(eve, "e2");
    publish(group.ban(mod, eve, null));
    AuditRecorded recorded = null;
    while (recorded == null
        || !group.id.toString().equals(recorded.details().get("conversationId"))) {
      Message message = requireNonNull(rabbit.receive(queue.getName(), 30_000));
      recorded = Nodes.A.get(JsonMapper.class).readValue(message.getBody(), AuditRecorded.class);
    }
    assertThat(recorded.actor()).isEqualTo(mod);
    assertThat(recorded.targetId()).isEqualTo(eve.toString());
    assertThat(recorded.details()).containsEntry("messages", "2");
    assertThat(deletions.among(id, List.of(3L, 4L))).hasSize(2);
    admin.deleteQueue(queue.getName());
  }
}
