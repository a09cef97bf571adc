package io.parley.message.thread;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
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
import io.parley.message.log.LogReader;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Who follows which threads, and what is unread in them, on two nodes. */
class FollowingThreadsIT {

  private final String suffix = UUID.randomUUID().toString().substring(0, 8);
  private final String annsName = "ann" + suffix;
  private final String bensName = "ben" + suffix;
  private final String cleosName = "cleo" + suffix;
  private final UserId ann = Nodes.FLEET.user(annsName);
  private final UserId ben = Nodes.FLEET.user(bensName);
  private final UserId cleo = Nodes.FLEET.user(cleosName);
  private final UserId dora = Nodes.FLEET.user("dora" + suffix);
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asBenAtA = new Http(Nodes.A.http(), asBen.token());
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));
  private final Http asDora = new Http(Nodes.A.http(), Nodes.FLEET.token(dora));
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(Nodes.FLEET.user()));
  private final ConversationId id = group();

  private ConversationId group() {
    return new ConversationId(Nodes.FLEET.quietGroup("the group", ann, ben, cleo, dora));
  }

  private static String path(ConversationId conversation, String rest) {
    return "/api/v1/conversations/" + conversation + rest;
  }

  private String path(String rest) {
    return path(id, rest);
  }

  private static long send(Http http, ConversationId conversation, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.putIfAbsent("clientMessageId", UUID.randomUUID().toString());
    body.putIfAbsent("text", "hi");
    return ok(http.post(path(conversation, "/messages"), body)).get("seq").asLong();
  }

  private long send(Http http, String text) {
    return send(http, id, Map.of("text", text));
  }

  private static long reply(Http http, ConversationId conversation, long to) {
    return send(http, conversation, Map.of("replyTo", to));
  }

  private long reply(Http http, long to) {
    return reply(http, id, to);
  }

  private long reply(Http http, long to, String text) {
    return send(http, id, Map.of("replyTo", to, "text", text));
  }

  private static JsonNode ok(Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isBetween(200, 201);
    return answer.json();
  }

  private JsonNode thread(Http http, long seq) {
    return ok(http.get(path("/messages/" + seq + "/thread")));
  }

  private JsonNode follow(Http http, long seq) {
    return ok(http.put(path("/messages/" + seq + "/thread/follow"), ""));
  }

  private JsonNode unfollow(Http http, long seq) {
    return ok(http.delete(path("/messages/" + seq + "/thread/follow")));
  }

  private JsonNode mark(Http http, long thread, String how, long seq) {
    return ok(http.put(path("/messages/" + thread + "/thread/" + how), Map.of("seq", seq)));
  }

  private static JsonNode list(Http http, String query) {
    return ok(http.get("/api/v1/users/me/threads" + query));
  }

  private static List<Long> roots(JsonNode page) {
    return page.get("items").valueStream().map(item -> item.get("threadRoot").asLong()).toList();
  }

  private static JsonNode item(Http http, ConversationId conversation) {
    return ok(http.get("/api/v1/conversations"))
        .get("items")
        .valueStream()
        .filter(item -> item.get("id").asString().equals(conversation.toString()))
        .findFirst()
        .orElseThrow();
  }

  /** Whether it is followed, and how much is unread, the same wherever it is shown. */
  private String state(Http http, long root) {
    JsonNode thread = thread(http, root);
    String state = state(thread);
    JsonNode followed = ok(http.get(path("/threads?followed=true")));
    JsonNode all = list(http, "");
    if (thread.get("lastReplySeq").asLong() > 0) {
      for (JsonNode page : List.of(followed, all, ok(http.get(path("/threads"))))) {
        for (JsonNode item : page.get("items")) {
          if (item.get("threadRoot").asLong() == root) {
            assertThat(state(item)).isEqualTo(state);
            assertThat(item.get("conversationId").asString()).isEqualTo(id.toString());
            assertThat(item.get("readSeq")).isEqualTo(thread.get("readSeq"));
            assertThat(item.get("replies")).isEqualTo(thread.get("replies"));
            assertThat(item.get("lastReplySeq")).isEqualTo(thread.get("lastReplySeq"));
          }
        }
      }
      boolean isFollowed = thread.get("followed").asBoolean();
      boolean isUnread = thread.get("unread").asInt() > 0;
      assertThat(roots(followed).contains(root)).isEqualTo(isFollowed);
      assertThat(roots(all).contains(root)).isEqualTo(isFollowed);
      assertThat(roots(list(http, "?unread=true")).contains(root)).isEqualTo(isUnread);
    }
    return state;
  }

  private static String state(JsonNode thread) {
    return (thread.get("followed").asBoolean() ? "followed " : "not ")
        + thread.get("unread").asInt()
        + " "
        + thread.get("mentions").asInt();
  }

  // --- who follows -----------------------------------------------------------------------------

  @Test
  void whoTakesPartShouldFollow() {
    long root = send(asAnn, "what about @" + bensName);
    assertThat(state(asAnn, root)).isEqualTo("not 0 0");
    long first = reply(asCleo, root);
    assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
    // Who is named in the root, from the first reply on.
    assertThat(state(asBen, root)).isEqualTo("followed 1 0");
    assertThat(state(asCleo, root)).isEqualTo("followed 0 0");
    assertThat(state(asDora, root)).isEqualTo("not 0 0");
    reply(asAnn, first, "@dora" + suffix + " @everyone");
    assertThat(state(asDora, root)).isEqualTo("followed 1 1");
    assertThat(state(asCleo, root)).isEqualTo("followed 1 0");
    assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
    assertThat(state(asBen, root)).isEqualTo("followed 2 0");
    assertThat(item(asDora, id).get("threadsUnread").asInt()).isEqualTo(1);
    assertThat(item(asDora, id).get("threadMentions").asInt()).isEqualTo(1);
  }

  @Test
  void whoIsNamedByAnEditShouldFollow() {
    long root = send(asAnn, "first");
    long silent = send(asAnn, "second");
    long first = reply(asAnn, root);
    edit(asAnn, first, "@" + cleosName);
    assertThat(state(asCleo, root)).isEqualTo("followed 1 1");
    edit(asAnn, root, "@dora" + suffix);
    assertThat(state(asDora, root)).isEqualTo("followed 1 0");
    // No thread yet; with its first reply, who is named then.
    edit(asAnn, silent, "@" + cleosName);
    assertThat(thread(asCleo, silent).get("followed").asBoolean()).isFalse();
    reply(asBen, silent);
    assertThat(state(asCleo, silent)).isEqualTo("followed 1 0");
  }

  private void edit(Http http, long seq, String text) {
    ok(http.call("PATCH", path("/messages/" + seq), Map.of("text", text)));
  }

  @Test
  void anUnfollowedThreadShouldStaySoWhateverOthersWrite() {
    long root = send(asBen, "root");
    long own = reply(asBenAtA, root);
    reply(asAnn, root);
    assertThat(state(asBen, root)).isEqualTo("followed 1 0");
    assertThat(state(unfollow(asBen, own))).isEqualTo("not 0 0");
    assertThat(state(unfollow(asBenAtA, root))).isEqualTo("not 0 0");
    reply(asAnn, root, "@" + bensName);
    long answered = reply(asCleo, own);
    edit(asCleo, answered, "@" + bensName);
    assertThat(state(asBen, root)).isEqualTo("not 0 0");
    // What is done once more is no news: neither the reply of before, nor what others wrote.
    LogReader log = Nodes.A.get(LogReader.class);
    for (LogEvent event : log.read(id, 1, 100)) {
      for (Node node : List.of(Nodes.A, Nodes.B)) {
        ThreadRows rows = node.get(ThreadRows.class);
        if (rows.covers(event)) {
          rows.apply(event);
        }
      }
    }
    assertThat(state(asBen, root)).isEqualTo("not 0 0");
    assertThat(item(asBen, id).get("threadsUnread").asInt()).isZero();

    // Ben takes part again, at the node that knew him as a follower.
    reply(asBenAtA, root);
    assertThat(thread(asBen, root).get("followed").asBoolean()).isTrue();
    unfollow(asBen, root);
    follow(asBen, root);
    assertThat(state(asBen, root)).isEqualTo("followed 0 0");
    unfollow(asBen, root);
    assertThat(state(asBen, root)).isEqualTo("not 0 0");
  }

  @Test
  void whoUnfollowsInAdvanceShouldNotFollow() {
    long root = send(asAnn, "root");
    unfollow(asAnn, root);
    unfollow(asCleo, root);
    reply(asBen, root, "@" + cleosName);
    assertThat(state(asAnn, root)).isEqualTo("not 0 0");
    assertThat(state(asCleo, root)).isEqualTo("not 0 0");
  }

  @Test
  void followingShouldBeginWithWhatComes() throws Exception {
    long root = send(asAnn, "root");
    long first = reply(asBen, root);
    try (StompClient other = StompClient.connect(Nodes.B.http(), asDora.token());
        StompClient anns = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      JsonNode state = follow(asDora, first);
      assertThat(state(state)).isEqualTo("followed 0 0");
      assertThat(state.get("threadRoot").asLong()).isEqualTo(root);
      assertThat(state.get("readSeq").asLong()).isEqualTo(first);
      JsonNode told = other.event("THREAD");
      assertThat(told.get("conversationId").asString()).isEqualTo(id.toString());
      for (String member : List.of("threadRoot", "followed", "readSeq", "unread", "mentions")) {
        assertThat(told.get(member)).as(member).isEqualTo(state.get(member));
      }
      long second = reply(asBen, first);
      assertThat(state(asDora, root)).isEqualTo("followed 1 0");
      // Again changes nothing.
      assertThat(state(follow(asDora, root))).isEqualTo("followed 1 0");

      command(other, root, "follow", "{\"follow\":false}");
      assertThat(other.event("THREAD").get("followed").asBoolean()).isFalse();
      command(other, second, "follow", "{\"follow\":true}");
      told = other.event("THREAD");
      assertThat(state(told)).isEqualTo("followed 0 0");
      assertThat(told.get("readSeq").asLong()).isEqualTo(second);
      assertThat(anns.passing()).noneMatch(e -> e.path("type").asString().equals("THREAD"));
    }
  }

  private void command(StompClient socket, long seq, String what, String body) throws Exception {
    String receipt = UUID.randomUUID().toString();
    socket.send("SEND", destination(seq, what, receipt), body);
    socket.receipt(receipt);
  }

  private Map<String, String> destination(long seq, String what, String receipt) {
    return Map.of(
        "destination",
        "/app/conversations/" + id + "/messages/" + seq + "/thread/" + what,
        "receipt",
        receipt);
  }

  @Test
  void aMessageWithoutRepliesShouldBeFollowedInAdvance() {
    long root = send(asAnn, "root");
    assertThat(state(follow(asCleo, root))).isEqualTo("followed 0 0");
    assertThat(list(asCleo, "")).hasToString("{\"items\":[],\"next\":null}");
    reply(asBen, root);
    assertThat(state(asCleo, root)).isEqualTo("followed 1 0");
    ok(asAnn.delete(path("/messages/" + root)));
    JsonNode item = list(asCleo, "").get("items").get(0);
    assertThat(item.get("root").get("deleted").asBoolean()).isTrue();
    assertThat(state(item)).isEqualTo("followed 1 0");
    assertThat(state(unfollow(asCleo, root))).isEqualTo("not 0 0");
    assertThat(state(follow(asDora, root))).isEqualTo("followed 0 0");
  }

  // --- the marker ------------------------------------------------------------------------------

  @Test
  void aMarkerShouldMoveForwardAndBack() throws Exception {
    long root = send(asAnn, "root");
    List<Long> replies = IntStream.range(0, 5).mapToObj(i -> reply(asBen, root)).toList();
    assertThat(state(asAnn, root)).isEqualTo("followed 5 0");
    try (StompClient other = StompClient.connect(Nodes.B.http(), asAnn.token());
        StompClient bens = StompClient.connect(Nodes.A.http(), asBen.token())) {
      JsonNode read = mark(asAnn, root, "read", replies.get(2));
      assertThat(state(read)).isEqualTo("followed 2 0");
      assertThat(read.get("readSeq").asLong()).isEqualTo(replies.get(2));
      assertThat(other.event("THREAD").get("unread").asInt()).isEqualTo(2);
      // Forward only; 0 only asks.
      assertThat(mark(asAnn, replies.get(4), "read", replies.get(0))).isEqualTo(read);
      assertThat(mark(asAnn, root, "read", 0)).isEqualTo(read);
      assertThat(mark(asAnn, root, "unread", replies.get(4))).isEqualTo(read);
      assertThat(state(mark(asAnn, root, "unread", replies.get(1)))).isEqualTo("followed 4 0");
      assertThat(other.event("THREAD").get("unread").asInt()).isEqualTo(4);
      assertThat(state(asAnn, root)).isEqualTo("followed 4 0");
      command(other, root, "read", "{\"seq\":" + replies.get(4) + "}");
      assertThat(other.event("THREAD").get("unread").asInt()).isZero();
      command(other, root, "unread", "{\"seq\":" + replies.get(3) + "}");
      assertThat(other.event("THREAD").get("unread").asInt()).isEqualTo(2);
      assertThat(state(asAnn, root)).isEqualTo("followed 2 0");
      // Nothing is kept of a thread that is not followed, and nobody else hears of it.
      assertThat(state(mark(asDora, root, "read", replies.get(2)))).isEqualTo("not 0 0");
      assertThat(bens.passing()).noneMatch(e -> e.path("type").asString().equals("THREAD"));
    }
    assertThat(state(follow(asDora, root))).isEqualTo("followed 0 0");
  }

  @Test
  void theConversationAndItsThreadsShouldBeReadApart() {
    long root = send(asAnn, "root");
    long first = reply(asBen, root, "@" + annsName);
    ok(asAnn.put(path("/read"), Map.of("seq", first)));
    assertThat(state(asAnn, root)).isEqualTo("followed 1 1");
    JsonNode item = item(asAnn, id);
    assertThat(item.get("unread").asInt()).isZero();
    assertThat(item.get("threadsUnread").asInt()).isEqualTo(1);
    assertThat(item.get("threadMentions").asInt()).isEqualTo(1);
    long second = reply(asBen, root);
    mark(asAnn, root, "read", second);
    item = item(asAnn, id);
    assertThat(item.get("unread").asInt()).isEqualTo(1);
    assertThat(item.get("threadsUnread").asInt()).isZero();
    assertThat(item.get("threadMentions").asInt()).isZero();
  }

  // --- counts ----------------------------------------------------------------------------------

  @Test
  void countsShouldNotDrift() {
    long root = send(asAnn, "root");
    Map<String, Object> first =
        Map.of("replyTo", root, "text", "@" + annsName, "clientMessageId", "r");
    long named = send(asBen, id, first);
    // A repeat, also at the other node, and after Redis has forgotten everything.
    assertThat(send(asBenAtA, id, first)).isEqualTo(named);
    Nodes.A.get(RedisConnections.class).commands().flushdb().toCompletableFuture().join();
    assertThat(send(asBen, id, first)).isEqualTo(named);
    long second = reply(asCleo, named);
    long third = reply(asCleo, named, "@everyone");
    reply(asAnn, root);
    assertThat(state(asAnn, root)).isEqualTo("followed 3 1");
    edit(asBen, named, "nobody");
    assertThat(state(asAnn, root)).isEqualTo("followed 3 0");
    edit(asBen, named, "@" + annsName + " again");
    edit(asCleo, second, "@" + annsName);
    assertThat(state(asAnn, root)).isEqualTo("followed 3 2");
    ok(asCleo.delete(path("/messages/" + second)));
    ok(asCleo.delete(path("/messages/" + second)));
    assertThat(state(asAnn, root)).isEqualTo("followed 2 1");
    assertThat(asAnn.delete(path("/messages/" + named + "?for=me")).status()).isEqualTo(204);
    assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
    assertThat(asAnn.delete(path("/messages/" + second + "?for=me")).status()).isEqualTo(204);
    assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
    assertThat(item(asAnn, id).get("threadsUnread").asInt()).isEqualTo(1);
    ok(asCleo.delete(path("/messages/" + third)));
    assertThat(state(asAnn, root)).isEqualTo("followed 0 0");
    assertThat(item(asAnn, id).get("threadsUnread").asInt()).isZero();
    assertThat(state(asBen, root)).isEqualTo("followed 1 0");
  }

  @Test
  void aHundredShouldStandForMore() {
    long root = send(asAnn, "root");
    for (int i = 0; i < 105; i++) {
      reply(asBen, root, "@" + annsName);
    }
    assertThat(state(asAnn, root)).isEqualTo("followed 100 100");
    assertThat(item(asAnn, id).get("threadMentions").asInt()).isEqualTo(100);
  }

  /** Replies that an older version noted do not say whom they are by. */
  @Test
  void repliesFromBeforeShouldCountAsOthersDo() {
    long root = send(asAnn, "root");
    reply(asAnn, root);
    long second = reply(asBen, root);
    CqlSession cassandra = Nodes.A.get(CqlSession.class);
    for (long seq = root; seq <= second; seq++) {
      cassandra.execute(
          "DELETE author_id FROM replies_by_thread WHERE conversation_id = ? AND root_seq = ?"
              + " AND stretch = 0 AND seq = ?",
          id.value(),
          root,
          seq);
      cassandra.execute(
          "DELETE author_id FROM replies_by_conversation"
              + " WHERE conversation_id = ? AND stretch = 0 AND seq = ?",
          id.value(),
          seq);
    }
    mark(asAnn, root, "unread", root);
    assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
    assertThat(state(mark(asAnn, root, "read", second))).isEqualTo("followed 0 0");
  }

  /** As many that not all are looked up one by one, nor are all among the newest replies. */
  @Test
  void manyThreadsOfAConversationShouldBeCounted() {
    List<Long> roots = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      roots.add(send(asAnn, "root"));
      reply(asBen, roots.get(i));
    }
    long busy = send(asBen, "busy");
    for (int i = 0; i < 510; i++) {
      Http http = i % 2 == 0 ? asCleo : asDora;
      reply(i < 400 ? http : asBen, busy);
    }
    assertThat(item(asAnn, id).get("threadsUnread").asInt()).isEqualTo(12);
    assertThat(roots(list(asAnn, "?limit=50"))).isEqualTo(roots.reversed());
    for (long root : roots.subList(0, 5)) {
      mark(asAnn, root, "read", root + 1);
    }
    assertThat(item(asAnn, id).get("threadsUnread").asInt()).isEqualTo(7);
    assertThat(roots(list(asAnn, "?unread=true&limit=50")))
        .isEqualTo(roots.subList(5, 12).reversed());
    assertThat(roots(ok(asAnn.get(path("/threads?followed=true&limit=50")))))
        .isEqualTo(roots.reversed());
  }

  // --- lists -----------------------------------------------------------------------------------

  @Test
  void threadsOfAllConversationsShouldComeByTheirLastReplies() {
    List<ConversationId> groups = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      groups.add(group());
    }
    Map<String, ConversationId> places = new HashMap<>();
    Map<String, Long> starts = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (ConversationId group : groups) {
        long root = send(asAnn, group, Map.of());
        reply(asBen, group, root);
        expected.add(group + " " + root);
        places.put(group + " " + root, group);
        starts.put(group + " " + root, root);
      }
    }
    // What is said beside threads moves nothing.
    groups.forEach(group -> send(asBen, group, Map.of()));
    assertThat(paged("?limit=50", () -> {})).isEqualTo(expected.reversed());
    assertThat(paged("?limit=7&unread=true", () -> {})).isEqualTo(expected.reversed());

    // While one pages, some move to the front: these come no more, and nothing comes twice.
    Set<String> moved = new HashSet<>();
    List<String> got =
        paged(
            "?limit=7",
            () -> {
              String next = expected.get(moved.size() * 2);
              ConversationId group = Objects.requireNonNull(places.get(next));
              reply(asBen, group, Objects.requireNonNull(starts.get(next)));
              send(asBen, group, Map.of());
              moved.add(next);
            });
    assertThat(got).doesNotHaveDuplicates();
    assertThat(got).containsAll(expected.stream().filter(each -> !moved.contains(each)).toList());
    assertThat(got).isSubsetOf(expected);
    JsonNode first = list(asAnn, "?limit=1").get("items").get(0);
    assertThat(first.get("unread").asInt()).isEqualTo(2);
    assertThat(first.get("lastReply").get("seq")).isEqualTo(first.get("lastReplySeq"));
    assertThat(first.get("root").get("seq")).isEqualTo(first.get("threadRoot"));
  }

  private List<String> paged(String query, Runnable meanwhile) {
    List<String> all = new ArrayList<>();
    JsonNode page = list(asAnn, query);
    while (true) {
      page.get("items")
          .forEach(
              item ->
                  all.add(item.get("conversationId").asString() + " " + item.get("threadRoot")));
      if (page.get("next").isNull()) {
        return all;
      }
      meanwhile.run();
      page = list(asAnn, query + "&cursor=" + page.get("next").asString());
    }
  }

  @Test
  void theThreadsOfOneConversationShouldBePaged() {
    List<Long> roots = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      roots.add(send(asAnn, "root"));
      reply(asBen, roots.get(i));
      reply(asBen, send(asBen, "not ann's"));
    }
    List<Long> paged = new ArrayList<>();
    String cursor = "";
    JsonNode page;
    do {
      page = ok(asAnn.get(path("/threads?followed=true&limit=3" + cursor)));
      paged.addAll(roots(page));
      cursor = "&cursor=" + page.get("next").asString();
      if (paged.size() == 3) {
        reply(asBen, roots.get(0));
      }
    } while (!page.get("next").isNull());
    assertThat(paged).isEqualTo(roots.subList(1, 7).reversed());
  }

  // --- members ---------------------------------------------------------------------------------

  @Test
  void threadsOfWhereOneIsNoMemberShouldBePassedOver() throws Exception {
    TestGroup group = new TestGroup(ann);
    publish(group.with(TestGroup.fromJoining()).create(ben));
    ConversationId there = new ConversationId(group.id);
    until(() -> asBen.get(path(there, "/events")).json().path("items").size() == 1);
    long root = send(asBen, there, Map.of());
    reply(asAnn, there, root);
    assertThat(list(asBen, "").get("items")).hasSize(1);
    publish(group.remove(ben));
    String follow = path(there, "/messages/" + root + "/thread/follow");
    until(() -> asBen.put(follow, "").slug().equals("not-a-member"));
    until(() -> list(asBen, "").get("items").isEmpty());
    assertThat(list(asBen, "?unread=true").get("items")).isEmpty();
    reply(asAnn, there, root);
    publish(group.add(ben));
    until(() -> asBen.get(path(there, "/events")).json().path("items").size() == 1);
    // Of what was said before one came back nothing is told, not even that it is unread.
    assertThat(list(asBen, "").get("items")).isEmpty();
    assertThat(item(asBen, there).get("threadsUnread").asInt()).isZero();
    assertThat(asBen.put(follow, "").slug()).isEqualTo("message-not-found");
    long seen = send(asAnn, there, Map.of("replyTo", root, "text", "@everyone"));
    JsonNode item = list(asBen, "").get("items").get(0);
    assertThat(state(item)).isEqualTo("followed 1 1");
    assertThat(item.has("root")).isFalse();
    assertThat(item.get("replies").asInt()).isEqualTo(1);
    assertThat(item.get("lastReplySeq").asLong()).isEqualTo(seen);
    assertThat(state(ok(asBen.put(follow, "")))).isEqualTo("followed 1 1");
  }

  // --- refusals --------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"PUT,follow,", "DELETE,follow,", "PUT,read,{\"seq\":1}", "PUT,unread,{\"seq\":1}"})
  void badAndForbiddenRequestsShouldBeRefused(String method, String what, String body) {
    long root = send(asAnn, "root");
    String given = body == null ? "" : body;
    String rest = "/messages/" + root + "/thread/" + what;
    assertThat(asStranger.call(method, path(rest), given).slug()).isEqualTo("not-a-member");
    assertThat(
            asBen.call(method, "/api/v1/conversations/" + UUID.randomUUID() + rest, given).slug())
        .isEqualTo("conversation-not-found");
    for (long none : List.of(-1L, 0L, 999L, Long.MAX_VALUE)) {
      assertThat(asBen.call(method, path("/messages/" + none + "/thread/" + what), given).slug())
          .isEqualTo("message-not-found");
    }
    assertThat(asBen.call(method, path("/messages/x/thread/" + what), given).slug())
        .isEqualTo("invalid-request");
    String scope = what.equals("follow") ? "messages:read" : "messages:write";
    Http other =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(ben, UUID.randomUUID(), Instant.now().plusSeconds(600), scope));
    assertThat(other.call(method, path(rest), given).slug()).isEqualTo("insufficient-scope");
    assertThat(new Http(Nodes.A.http(), "").call(method, path(rest), given).status())
        .isEqualTo(401);
    if (!given.isEmpty()) {
      for (String bad :
          List.of("", "[]", "{\"seq\":\"x\"}", "{\"seq\":-1}", "{\"seq\":999}", "{\"to\":1}")) {
        assertThat(asBen.call(method, path(rest), bad).slug()).as(bad).isEqualTo("invalid-request");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "follow|{}",
        "follow|{\"follow\":\"x\"}",
        "follow|",
        "read|{\"seq\":999}",
        "read|{}",
        "unread|{\"seq\":-3}"
      })
  void badFramesShouldBeRefused(String what, String body) throws Exception {
    long root = send(asAnn, "root");
    try (StompClient socket = StompClient.connect(Nodes.B.http(), asAnn.token());
        StompClient strangers = StompClient.connect(Nodes.A.http(), asStranger.token())) {
      String given = body == null ? "" : body;
      socket.send("SEND", destination(root, what, "1"), given);
      assertThat(socket.refusal("1").json().get("type").asString()).endsWith("/invalid-request");
      String good = what.equals("follow") ? "{\"follow\":true}" : "{\"seq\":1}";
      socket.send("SEND", destination(999, what, "2"), good);
      assertThat(socket.refusal("2").json().get("type").asString()).endsWith("/message-not-found");
      strangers.send("SEND", destination(root, what, "3"), good);
      assertThat(strangers.refusal("3").json().get("type").asString()).endsWith("/not-a-member");
    }
  }

  @Test
  void badPagesShouldBeRefused() {
    for (String query :
        List.of("?limit=0", "?limit=51", "?cursor=x", "?cursor=1_2_3", "?unread=maybe")) {
      assertThat(asAnn.get("/api/v1/users/me/threads" + query).slug())
          .as(query)
          .isEqualTo("invalid-request");
    }
    assertThat(asAnn.get(path("/threads?followed=maybe")).slug()).isEqualTo("invalid-request");
    assertThat(asStranger.get(path("/threads?followed=true")).slug()).isEqualTo("not-a-member");
    assertThat(list(asStranger, "").get("items")).isEmpty();
    Http writes =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(
                ben, UUID.randomUUID(), Instant.now().plusSeconds(600), "messages:write"));
    assertThat(writes.get("/api/v1/users/me/threads").slug()).isEqualTo("insufficient-scope");
  }

  @Test
  void noMoreThanAllowedShouldBeFollowed() {
    try (Bounded bounded = new Bounded(Nodes.start("parley.threads.max-followed=2"))) {
      Http there = new Http(bounded.node().http(), asAnn.token());
      long first = send(asAnn, "1");
      long second = send(asAnn, "2");
      long third = send(asBen, "3");
      follow(there, first);
      follow(there, second);
      Answer refused = there.put(path("/messages/" + third + "/thread/follow"), "");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.slug()).isEqualTo("too-many-followed");
      assertThat(refused.json().get("maxFollowed").asInt()).isEqualTo(2);
      reply(there, third);
      assertThat(thread(asAnn, third).get("followed").asBoolean()).isFalse();
      unfollow(there, first);
      assertThat(state(follow(there, first))).isEqualTo("followed 0 0");
    }
  }

  private record Bounded(Node node) implements AutoCloseable {
    @Override
    public void close() {
      node.context().close();
    }
  }

  // --- death -----------------------------------------------------------------------------------

  /** A node is cut off when the reply is in the log and nothing that follows from it is. */
  @Test
  void whoTakesPartShouldFollowWhoeverDies() throws Exception {
    long root = send(asAnn, "root");
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
                      ("{\"clientMessageId\":\"r\",\"text\":\"@c\",\"replyTo\":%d,"
                              + "\"threadRoot\":%d,"
                              + "\"mentions\":[{\"userId\":\"%s\",\"start\":0,\"length\":2}]}")
                          .formatted(root, root, cleo)))
              .event();
      assertThat(thread(asAnn, root).get("followed").asBoolean()).isFalse();
      dying.cutOff();
      until(() -> thread(asCleo, root).get("followed").asBoolean());
      assertThat(state(asAnn, root)).isEqualTo("followed 1 0");
      assertThat(state(asBen, root)).isEqualTo("followed 0 0");
      until(() -> state(thread(asCleo, root)).equals("followed 1 1"));
      duty.done(reply);
    }
  }

  // --- what it costs ---------------------------------------------------------------------------

  private static long requests(String operation) {
    Timer timer =
        Nodes.A.get(MeterRegistry.class)
            .find("parley.cassandra.requests")
            .tag("operation", operation)
            .timer();
    return timer == null ? 0 : timer.count();
  }

  /** Of several runs the cheapest: others than the test's may be counted, too. */
  private static long cost(String operation, Runnable what) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 15; i++) {
      long before = requests(operation);
      what.run();
      least = Math.min(least, requests(operation) - before);
    }
    return least;
  }

  @Test
  void aReplyOfAFollowerShouldWriteNothingMore() {
    long root = send(asAnn, "root");
    reply(asAnn, root);
    assertThat(cost("write", () -> send(asAnn, "plain"))).isZero();
    // The two rows of ThreadRows.
    assertThat(cost("write", () -> reply(asAnn, root))).isEqualTo(2);
    // It reads the message that it answers, as before.
    long message = cost("read", () -> ok(asAnn.get(path("/messages/" + root))));
    assertThat(cost("read", () -> reply(asAnn, root)))
        .isLessThanOrEqualTo(cost("read", () -> send(asAnn, "plain")) + message);
    List<Long> roots = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      roots.add(send(asBen, "another"));
    }
    // For one who does not follow yet, one request more, the root's author included.
    assertThat(cost("write", () -> reply(asAnn, roots.removeFirst()))).isEqualTo(3);
  }

  @Test
  void anInboxPageShouldCostNoMoreForThreadsOfOthers() {
    UserId user = Nodes.FLEET.user();
    Http asUser = new Http(Nodes.A.http(), Nodes.FLEET.token(user));
    List<ConversationId> groups = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      groups.add(new ConversationId(Nodes.FLEET.quietGroup("g", user, ann, ben)));
      send(asAnn, groups.get(i), Map.of());
    }
    Runnable inbox = () -> ok(asUser.get("/api/v1/conversations"));
    long before = cost("read", inbox);
    for (ConversationId group : groups) {
      reply(asBen, group, 1);
    }
    assertThat(cost("read", inbox)).isEqualTo(before);
    send(asUser, groups.get(0), Map.of("replyTo", 1));
    long followed = cost("read", inbox);
    // One look for what is unread in it; nothing is.
    assertThat(followed).isLessThanOrEqualTo(before + 1);
  }
}
