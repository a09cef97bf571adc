package io.parley.message.thread;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.NodeCutOff;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Messages and the replies that belong to them, on two nodes. */
class ThreadsIT {

  private final UserId owner = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId late = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(Nodes.FLEET.user()));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);

  @BeforeEach
  void create() throws Exception {
    publish(group.create(ben));
    until(() -> asBen.get(path("/events")).json().path("items").size() == 1);
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private Answer trySend(Http http, String key, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("clientMessageId", key);
    body.putIfAbsent("text", key);
    return http.post(path("/messages"), body);
  }

  private long send(Http http, Map<String, Object> more) {
    Answer answer = trySend(http, UUID.randomUUID().toString(), more);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private long send(Http http) {
    return send(http, Map.of());
  }

  private long reply(Http http, long to) {
    return send(http, Map.of("replyTo", to));
  }

  private JsonNode message(Http http, long seq) {
    return http.get(path("/messages/" + seq)).json();
  }

  private JsonNode thread(Http http, String rest) {
    Answer answer = http.get(path("/messages/" + rest));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private JsonNode thread(Http http, long seq) {
    return thread(http, seq + "/thread");
  }

  private JsonNode threads(Http http, String query) {
    Answer answer = http.get(path("/threads" + query));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private static List<Long> seqs(JsonNode items) {
    return items.valueStream().map(item -> item.get("seq").asLong()).toList();
  }

  private static List<Long> roots(JsonNode page) {
    return page.get("items").valueStream().map(item -> item.get("threadRoot").asLong()).toList();
  }

  @Test
  void everyReplyShouldSayWhatItsThreadBeginsWith() throws Exception {
    long root = send(asBen);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token())) {
      long first = reply(asBen, root);
      JsonNode told = socket.event("MESSAGE");
      assertThat(told.get("seq").asLong()).isEqualTo(first);
      assertThat(told.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(told.has("alsoToConversation")).isFalse();
      // Whoever is told of it finds it there.
      assertThat(seqs(thread(asOwner, root).get("items"))).containsExactly(first);

      long nested = send(asOwner, Map.of("replyTo", first, "alsoToConversation", true));
      told = socket.event("MESSAGE");
      assertThat(told.get("seq").asLong()).isEqualTo(nested);
      assertThat(told.get("replyTo").asLong()).isEqualTo(first);
      assertThat(told.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(told.get("alsoToConversation").asBoolean()).isTrue();
      assertThat(message(asBen, nested)).isEqualTo(told);
      assertThat(message(asBen, root).has("threadRoot")).isFalse();

      socket.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + id + "/messages", "receipt", "1"),
          "{\"clientMessageId\":\"s\",\"text\":\"s\",\"replyTo\":"
              + nested
              + ",\"alsoToConversation\":true}");
      socket.receipt("1");
      told = socket.event("MESSAGE");
      assertThat(told.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(told.get("alsoToConversation").asBoolean()).isTrue();
      List<Long> all = List.of(first, nested, told.get("seq").asLong());
      for (long seq : List.of(root, first, nested)) {
        JsonNode thread = thread(asBen, seq);
        assertThat(thread.get("threadRoot").asLong()).isEqualTo(root);
        assertThat(thread.get("root")).isEqualTo(message(asBen, root));
        assertThat(thread.get("replies").asInt()).isEqualTo(3);
        assertThat(thread.get("lastReplySeq").asLong()).isEqualTo(all.get(2));
        assertThat(seqs(thread.get("items"))).isEqualTo(all);
        assertThat(thread.get("items").get(1)).isEqualTo(message(asBen, nested));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRepeatShouldGetItsOriginalResult(boolean forgotten) throws Exception {
    long root = send(asBen);
    long first = reply(asBen, root);
    Map<String, Object> said = Map.of("text", "hi", "replyTo", first, "alsoToConversation", true);
    JsonNode sent = trySend(asBen, "r", said).json();
    Map<String, Object> plain = Map.of("text", "hi", "replyTo", first);
    JsonNode sentPlain = trySend(asBen, "p", plain).json();
    if (forgotten) {
      Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    }
    Http atA = new Http(Nodes.A.http(), asBen.token());
    assertThat(trySend(atA, "r", said).json()).isEqualTo(sent);
    assertThat(trySend(atA, "p", plain).json()).isEqualTo(sentPlain);
    assertThat(
            trySend(asBen, "p", Map.of("text", "hi", "replyTo", first, "alsoToConversation", false))
                .json())
        .isEqualTo(sentPlain);
    assertThat(trySend(asBen, "r", plain).slug()).isEqualTo("client-message-id-reused");
    assertThat(trySend(asBen, "p", said).slug()).isEqualTo("client-message-id-reused");
    assertThat(trySend(asBen, "p", Map.of("text", "hi", "replyTo", root)).slug())
        .isEqualTo("client-message-id-reused");
    assertThat(seqs(thread(asOwner, root).get("items")))
        .containsExactly(first, sent.get("seq").asLong(), sentPlain.get("seq").asLong());
  }

  /** What is not said by the author is not compared: an older version stored no root. */
  @Test
  void aRepeatOfAReplyFromBeforeThreadsShouldBeTheMessage() {
    long root = send(asBen);
    LogEvent old =
        Nodes.A.get(EventLog.class)
            .append(
                new EventLog.Draft(
                    id,
                    ben,
                    "old",
                    LogEvent.Kind.MESSAGE,
                    "{\"clientMessageId\":\"old\",\"text\":\"old\",\"replyTo\":" + root + "}"))
            .event();
    Answer repeat = trySend(asBen, "old", Map.of("replyTo", root));
    assertThat(repeat.json().get("seq").asLong()).isEqualTo(old.seq());
    assertThat(thread(asBen, root).get("items").isEmpty()).isTrue();
    // A reply to it begins a thread there.
    long next = reply(asOwner, old.seq());
    assertThat(message(asBen, next).get("threadRoot").asLong()).isEqualTo(old.seq());
  }

  @Test
  void pagesShouldLeaveNothingOutWhoeverWritesAtOnce() {
    long root = send(asBen);
    long other = send(asBen);
    List<CompletableFuture<Long>> sends =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> reply(i % 2 == 0 ? asBen : asOwner, i % 3 == 0 ? other : root)))
            .toList();
    List<Long> paged = new ArrayList<>();
    long after = 0;
    boolean written = false;
    while (true) {
      JsonNode page = thread(asOwner, root + "/thread?limit=7&after=" + after);
      paged.addAll(seqs(page.get("items")));
      after = page.get("next").asLong();
      if (!page.get("more").asBoolean()) {
        if (written) {
          break;
        }
        written = sends.stream().allMatch(CompletableFuture::isDone);
      }
    }
    List<Long> all =
        IntStream.range(0, 60)
            .filter(i -> i % 3 != 0)
            .mapToObj(i -> sends.get(i).join())
            .sorted()
            .toList();
    assertThat(paged).isEqualTo(all);
    assertThat(thread(asBen, root).get("replies").asInt()).isEqualTo(40);
    assertThat(thread(asBen, other).get("replies").asInt()).isEqualTo(20);
  }

  @Test
  void editedDeletedAndHiddenRepliesShouldKeepTheirPlace() {
    long root = send(asBen);
    long first = reply(asBen, root);
    long second = reply(asBen, first);
    long third = reply(asOwner, second);
    assertThat(asBen.call("PATCH", path("/messages/" + first), Map.of("text", "edited")).status())
        .isEqualTo(200);
    assertThat(asBen.delete(path("/messages/" + second)).status()).isEqualTo(200);
    assertThat(asBen.delete(path("/messages/" + third + "?for=me")).status()).isEqualTo(204);
    long nested = reply(asOwner, second);
    assertThat(asOwner.put(path("/messages/" + first + "/reactions/%F0%9F%91%8D"), "").status())
        .isEqualTo(200);

    JsonNode items = thread(asBen, root).get("items");
    assertThat(seqs(items)).containsExactly(first, second, third, nested);
    for (JsonNode item : items) {
      assertThat(item.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(item).isEqualTo(message(asBen, item.get("seq").asLong()));
    }
    assertThat(items.get(0).get("text").asString()).isEqualTo("edited");
    assertThat(items.get(0).get("reactions").get(0).get("count").asInt()).isEqualTo(1);
    assertThat(items.get(1).get("deleted").asBoolean()).isTrue();
    assertThat(items.get(2).get("hidden").asBoolean()).isTrue();
    assertThat(thread(asOwner, root).get("replies").asInt()).isEqualTo(3);
    assertThat(threads(asOwner, "").get("items").get(0).get("replies").asInt()).isEqualTo(3);

    // The root can go, its thread stays.
    assertThat(asBen.delete(path("/messages/" + root)).status()).isEqualTo(200);
    JsonNode thread = thread(asOwner, root);
    assertThat(thread.get("root").get("deleted").asBoolean()).isTrue();
    assertThat(thread.get("root").has("text")).isFalse();
    assertThat(seqs(thread.get("items"))).hasSize(4);
    assertThat(asOwner.delete(path("/messages/" + nested)).status()).isEqualTo(200);
    JsonNode item = threads(asOwner, "").get("items").get(0);
    assertThat(item.get("replies").asInt()).isEqualTo(2);
    assertThat(item.get("lastReplySeq").asLong()).isEqualTo(nested);
    assertThat(item.get("lastReply").get("deleted").asBoolean()).isTrue();
  }

  @Test
  void threadsShouldComeByTheirLastReplies() {
    List<Long> roots = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      roots.add(send(asBen));
    }
    assertThat(threads(asBen, "")).hasToString("{\"items\":[],\"next\":null}");
    for (int round = 0; round < 3; round++) {
      for (long root : roots) {
        reply(asOwner, root);
      }
    }
    long nested = reply(asBen, thread(asBen, roots.get(2)).get("lastReplySeq").asLong());
    List<Long> expected =
        List.of(roots.get(2), roots.get(4), roots.get(3), roots.get(1), roots.get(0));
    JsonNode all = threads(asOwner, "");
    assertThat(roots(all)).isEqualTo(expected);
    assertThat(all.get("next").isNull()).isTrue();
    JsonNode newest = all.get("items").get(0);
    assertThat(newest.get("root")).isEqualTo(message(asOwner, roots.get(2)));
    assertThat(newest.get("lastReply")).isEqualTo(message(asOwner, nested));
    assertThat(newest.get("lastReplySeq").asLong()).isEqualTo(nested);
    assertThat(newest.get("replies").asInt()).isEqualTo(4);

    List<Long> paged = new ArrayList<>();
    String query = "?limit=2";
    JsonNode page;
    do {
      page = threads(asBen, query);
      paged.addAll(roots(page));
      query = "?limit=2&cursor=" + page.get("next").asString();
      if (paged.size() == 2) {
        // It moves to the front, and comes on no later page.
        reply(asOwner, roots.get(0));
      }
    } while (!page.get("next").isNull());
    assertThat(paged).isEqualTo(expected.subList(0, 4));
    assertThat(roots(threads(asBen, "?limit=1"))).containsExactly(roots.get(0));
  }

  @Test
  void whoJoinedLaterShouldSeeWhatWasSaidSince() throws Exception {
    long root = send(asBen);
    long unseen = reply(asBen, root);
    long silent = send(asBen);
    reply(asBen, silent);
    publish(group.with(TestGroup.fromJoining()).add(late));
    Http asLate = new Http(Nodes.B.http(), Nodes.FLEET.token(late));
    until(() -> asLate.get(path("/events")).json().path("items").size() == 1);
    assertThat(asLate.get(path("/messages/" + root + "/thread")).slug())
        .isEqualTo("message-not-found");
    long seen = reply(asBen, unseen);
    for (long seq : List.of(root, seen)) {
      JsonNode thread = thread(asLate, seq);
      assertThat(thread.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(thread.has("root")).isFalse();
      assertThat(thread.get("replies").asInt()).isEqualTo(1);
      assertThat(seqs(thread.get("items"))).containsExactly(seen);
    }
    for (long seq : List.of(unseen, silent)) {
      assertThat(asLate.get(path("/messages/" + seq + "/thread")).slug())
          .isEqualTo("message-not-found");
    }
    JsonNode threads = threads(asLate, "");
    assertThat(roots(threads)).containsExactly(root);
    assertThat(threads.get("items").get(0).has("root")).isFalse();
    assertThat(threads.get("items").get(0).get("replies").asInt()).isEqualTo(1);
    assertThat(threads.get("items").get(0).get("lastReplySeq").asLong()).isEqualTo(seen);
    assertThat(thread(asOwner, root).get("replies").asInt()).isEqualTo(2);
  }

  @Test
  void badAndForbiddenRequestsShouldBeRefused() {
    long root = send(asBen);
    assertThat(asStranger.get(path("/messages/" + root + "/thread")).slug())
        .isEqualTo("not-a-member");
    assertThat(asStranger.get(path("/threads")).slug()).isEqualTo("not-a-member");
    String nowhere = "/api/v1/conversations/" + UUID.randomUUID();
    assertThat(asBen.get(nowhere + "/messages/1/thread").slug())
        .isEqualTo("conversation-not-found");
    assertThat(asBen.get(nowhere + "/threads").slug()).isEqualTo("conversation-not-found");
    for (long none : List.of(-1L, 0L, 1L, 999L, Long.MAX_VALUE)) {
      assertThat(asBen.get(path("/messages/" + none + "/thread")).slug())
          .as("seq " + none)
          .isEqualTo("message-not-found");
    }
    for (String rest :
        List.of(
            "/messages/x/thread",
            "/messages/" + root + "/thread?after=-1",
            "/messages/" + root + "/thread?after=x",
            "/messages/" + root + "/thread?limit=0",
            "/messages/" + root + "/thread?limit=101",
            "/threads?cursor=0",
            "/threads?cursor=x",
            "/threads?limit=0",
            "/threads?limit=51")) {
      assertThat(asBen.get(path(rest)).slug()).as(rest).isEqualTo("invalid-request");
    }
    JsonNode end = thread(asBen, root + "/thread?after=" + Long.MAX_VALUE);
    assertThat(end.get("items").isEmpty()).isTrue();
    assertThat(end.get("next").asLong()).isEqualTo(Long.MAX_VALUE);
    Http writes =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(
                ben, UUID.randomUUID(), Instant.now().plusSeconds(600), "messages:write"));
    assertThat(writes.get(path("/messages/" + root + "/thread")).slug())
        .isEqualTo("insufficient-scope");
    assertThat(writes.get(path("/threads")).slug()).isEqualTo("insufficient-scope");
    assertThat(trySend(asBen, "a", Map.of("alsoToConversation", true)).slug())
        .isEqualTo("invalid-request");
    assertThat(trySend(asBen, "b", Map.of("replyTo", root, "alsoToConversation", "x")).slug())
        .isEqualTo("invalid-request");
    assertThat(trySend(asBen, "c", Map.of("replyTo", root, "threadRoot", root)).slug())
        .isEqualTo("invalid-request");
  }

  /** A node is cut off when the reply is in the log and not yet noted with its thread. */
  @Test
  void aReplyShouldBeNotedWhoeverDies() throws Exception {
    long root = send(asBen);
    try (NodeCutOff dying = new NodeCutOff()) {
      Node node = dying.node();
      NotificationEvents.Duty duty = node.get(NotificationEvents.class).duty(id);
      LogEvent reply =
          node.get(EventLog.class)
              .append(
                  new EventLog.Draft(
                      id,
                      ben,
                      "r",
                      LogEvent.Kind.MESSAGE,
                      "{\"clientMessageId\":\"r\",\"text\":\"r\",\"replyTo\":%d,\"threadRoot\":%d}"
                          .formatted(root, root)))
              .event();
      assertThat(reply.threadRoot()).isEqualTo(root);
      // What is new is read from the log itself; the list is not.
      assertThat(seqs(thread(asOwner, root).get("items"))).containsExactly(reply.seq());
      assertThat(roots(threads(asOwner, ""))).isEmpty();
      dying.cutOff();
      until(() -> roots(threads(asOwner, "")).equals(List.of(root)));
      assertThat(thread(asOwner, root).get("replies").asInt()).isEqualTo(1);
      duty.done(reply);
    }
  }

  /** A repeat of the send, before anybody else notes it. */
  @Test
  void aRepeatShouldNoteWhatADeadNodeLeft() {
    long root = send(asBen);
    Nodes.A.get(EventLog.class)
        .append(
            new EventLog.Draft(
                id,
                ben,
                "r",
                LogEvent.Kind.MESSAGE,
                "{\"clientMessageId\":\"r\",\"text\":\"r\",\"replyTo\":%d}"
                    .formatted(root)
                    .replace("}", ",\"threadRoot\":" + root + "}"),
                payload -> payload.replace(",\"threadRoot\":" + root, "")));
    assertThat(roots(threads(asOwner, ""))).isEmpty();
    assertThat(trySend(asBen, "r", Map.of("replyTo", root)).status()).isEqualTo(201);
    assertThat(roots(threads(asOwner, ""))).containsExactly(root);
  }
}
